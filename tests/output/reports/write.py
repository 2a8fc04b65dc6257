"""Write anew what a report as Markdown is compared with."""

from exporter.output.reports.as_markdown import report_markdown
from tests.output.reports.test_markdown import WRITTEN
from tests.support.reported import missed_month

if __name__ == "__main__":
    WRITTEN.write_text(report_markdown(missed_month()), encoding="utf-8")
