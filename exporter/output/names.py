"""Every metric and label that this program shows: its name, meaning and type, once."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Metric types that both exposition formats know."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Group(StrEnum):
    """What `collect[]` can ask for."""

    SERVICE = "service"
    ENDPOINT = "endpoint"
    SLO = "slo"
    SLA = "sla"
    EXPORTER = "exporter"


SERVICE = "uptime_service"
ENDPOINT = "uptime_endpoint"
SLO = "slo"
AGREEMENT = "agreement"
TARGET = "target"
INCIDENT = "incident"

PROBE_SUCCESS = "uptime_probe_success"
"""What `export` calls results: 1 a success, 0 a failure, as blackbox_exporter's probe_success."""


@dataclass(frozen=True, slots=True)
class Family:
    """One metric.

    Attributes:
        name: As its samples say it; a counter's ends in `_total`.
        kind: Its type.
        help: One line for people.
        labels: Besides the identity labels.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


def _gauge(name: str, text: str, *labels: str) -> Family:
    return Family(name, Kind.GAUGE, text, labels)


def _counter(name: str, text: str, *labels: str) -> Family:
    return Family(name, Kind.COUNTER, text, labels)


def _histogram(name: str, text: str) -> Family:
    return Family(name, Kind.HISTOGRAM, text, ("le",))


SERVICE_RANK = _gauge(
    "uptime_service_rank",
    "How much the service needs somebody's eyes: 0 down, 1 burning, 2 overspent, 3 unknown, 4 excluded, 5 up.",
)
ENDPOINT_INFO = _gauge(
    "uptime_endpoint_info",
    "Always 1; what is probed, without credentials and query, and the labels of the configuration.",
    "type",
    "target",
)
ENDPOINT_UP = _gauge(
    "uptime_endpoint_up",
    "1 while the endpoint is up, 0 while it is down, absent while it is unknown; as measured, also during an exclusion.",
)
ENDPOINT_STATE = _gauge(
    "uptime_endpoint_state",
    "1 for the present state of the endpoint, 0 for the others; as measured.",
    "state",
)
ENDPOINT_EXCLUDED = _gauge("uptime_endpoint_excluded", "1 while an exclusion covers the endpoint, else 0.")
ENDPOINT_SINCE = _gauge(
    "uptime_endpoint_state_since_timestamp_seconds",
    "When the present state began, back-dated to the first probe that showed it.",
)
ENDPOINT_FAILURE = _gauge(
    "uptime_endpoint_failure_info",
    "1 with the reason of the last conclusive result, while that is a failure.",
    "reason",
)
ENDPOINT_SECONDS = _counter(
    "uptime_endpoint_seconds_total",
    "Settled time since the process started, by state, charged once by what was known when it settled; corrections never move it.",
    "state",
)
PROBE_RESULTS = _counter(
    "uptime_probe_results_total",
    "Probes since the process started, retries included, counted when they are committed.",
    "result",
)
PROBE_FAILURES = _counter(
    "uptime_probe_failures_total",
    "Failed probes since the process started, retries included, by reason.",
    "reason",
)
PROBE_DURATION = _histogram(
    "uptime_probe_duration_seconds",
    "Duration of successful probes since the process started, from lookup to last byte.",
)
PROBE_PHASE = _gauge(
    "uptime_probe_phase_duration_seconds",
    "Time that the latest probe spent in a phase; absent where it did not reach it.",
    "phase",
)
PROBE_LAST = _gauge("uptime_probe_last_timestamp_seconds", "Start of the latest probe that gave a result.")
PROBE_LAST_SUCCESS = _gauge(
    "uptime_probe_last_success_timestamp_seconds",
    "Start of the latest successful probe since the process started.",
)
PROBE_STATUS = _gauge(
    "uptime_probe_http_status_code", "Status code of the last response of the latest probe."
)
TLS_NOT_AFTER = _gauge(
    "uptime_tls_certificate_not_after_timestamp_seconds",
    "When the endpoint's own certificate of the last handshake expires, verified or not.",
)
TLS_CHAIN_NOT_AFTER = _gauge(
    "uptime_tls_chain_not_after_timestamp_seconds",
    "When the first certificate of the chain of the last handshake expires, verified or not.",
)
TLS_VERIFIED = _gauge(
    "uptime_tls_verified",
    "1 if chain, dates and name of the last handshake's certificate were all right, else 0.",
)

SLO_INFO = _gauge(
    "uptime_slo_info",
    "Always 1; what the SLO asks for (objective in per cent), and the labels of the configuration.",
    "title",
    "objective",
    "method",
    "slo_window",
    "owner",
)
SLO_OBJECTIVE = _gauge("uptime_slo_objective_ratio", "The ratio that the SLI must reach.")
SLO_WINDOW = _gauge(
    "uptime_slo_window_seconds", "Length of the SLO's window, or of the running calendar period."
)
SLO_PERIOD_END = _gauge(
    "uptime_slo_period_end_timestamp_seconds", "End of the running calendar period; only of calendar windows."
)
SLO_SLI = _gauge(
    "uptime_slo_sli_ratio",
    "Good share of what is known of the SLO's window, or of the calendar period so far; absent where nothing is known.",
)
SLO_COVERAGE = _gauge(
    "uptime_slo_coverage_ratio",
    "Share of the SLO's window, exclusions aside, about which something is known.",
)
SLO_DAY_UNKNOWN = _gauge(
    "uptime_slo_day_unknown_seconds",
    "Watched time of the last day, exclusions aside, about which nothing is known.",
)
SLO_REMAINING_RATIO = _gauge(
    "uptime_slo_error_budget_remaining_ratio",
    "Share of the error budget that is left, of the SLO's window or of the whole calendar period; negative once it is overspent.",
)
SLO_REMAINING_SECONDS = _gauge(
    "uptime_slo_error_budget_remaining_seconds",
    "Bad time that the SLO's window, or the whole calendar period, still allows; negative once the budget is overspent.",
)
SLO_BURN = _gauge(
    "uptime_slo_burn_rate",
    "How many times faster than sustainable the SLO's whole budget was spent over the window.",
    "window",
)
SLO_BAD_SECONDS = _gauge(
    "uptime_slo_bad_seconds",
    "Bad time over the long window of each alert tier; of SLOs by time.",
    "window",
)
SLO_BAD_EVENTS = _gauge(
    "uptime_slo_bad_events",
    "Bad events, or slices, over the long window of each alert tier; of SLOs by events or timeslices.",
    "window",
)
SLO_STATE = _gauge(
    "uptime_slo_state",
    "1 for what the SLO is at this instant (good, bad, unknown, excluded), 0 for the others.",
    "state",
)
SLO_ALERT = _gauge(
    "uptime_slo_alert_ratio",
    "The lesser of both windows' burn rates by the tier's threshold; the tier fires strictly above 1.",
    "tier",
    "severity",
    "long",
    "short",
)
SLO_THRESHOLD = _gauge(
    "uptime_slo_burn_rate_threshold",
    "Burn rate above which the tier fires; its long window.",
    "tier",
    "window",
)

SLA_INFO = _gauge(
    "uptime_sla_info", "Always 1; the version of the agreement that is in force.", "version", "kind"
)
SLA_AVAILABILITY = _gauge(
    "uptime_sla_availability_ratio",
    "Share of what was promised in the running period so far: as measured, as claimed, by the terms, and with all that is unknown up or down.",
    TARGET,
    "figure",
)
SLA_TARGET = _gauge("uptime_sla_target_ratio", "What the agreed figure must reach.", TARGET)
SLA_DOWNTIME = _gauge(
    "uptime_sla_downtime_seconds", "Downtime that counts in the running period so far.", TARGET
)
SLA_ALLOWANCE = _gauge(
    "uptime_sla_allowance_remaining_seconds",
    "How much more downtime the whole running period may have; negative where it is missed.",
    TARGET,
)
SLA_NEXT_STEP = _gauge(
    "uptime_sla_next_step_seconds", "More downtime than so much costs the next step of the credits.", TARGET
)
SLA_CREDIT = _gauge(
    "uptime_sla_credit_ratio", "Share of the fee that is owed for the running period as it stands.", TARGET
)
SLA_VERDICT = _gauge(
    "uptime_sla_verdict",
    "1 for what can be said of the target in the running period, else 0.",
    TARGET,
    "verdict",
)
SLA_INCIDENTS_OPEN = _gauge(
    "uptime_sla_incidents_open",
    "Incidents that are not over, by severity; 0 for one that has none.",
    "severity",
)
SLA_INCIDENT_DUE = _gauge(
    "uptime_sla_incident_deadline_timestamp_seconds",
    "Until when the next answer to, or repair of, an open incident is in time.",
    "severity",
    INCIDENT,
    "clock",
)
SLA_ESCALATION = _gauge(
    "uptime_sla_escalation_level",
    "How many steps of the escalation are due of an open incident.",
    "severity",
    INCIDENT,
)
SLA_PERIOD_END = _gauge("uptime_sla_period_end_timestamp_seconds", "When the running period ends.")
SLA_EVALUATED = _gauge(
    "uptime_sla_evaluated_timestamp_seconds", "The instant that the figures of the agreement are of."
)
SLA_CLAIM_BY = _gauge(
    "uptime_sla_claim_deadline_timestamp_seconds",
    "Until when the earliest credit that is still open may be claimed; absent while nothing is owed.",
)
SLA_REVIEW_BY = _gauge(
    "uptime_sla_review_due_timestamp_seconds", "When the parties are to have looked at it together."
)
SLA_NOTICE_BY = _gauge("uptime_sla_term_notice_timestamp_seconds", "Until when notice is to be given.")
SLA_REPORT_AT = _gauge(
    "uptime_sla_report_last_success_timestamp_seconds",
    "When a report was last written by itself.",
)
SLA_REPORT_OK = _gauge(
    "uptime_sla_report_last_successful",
    "1 if all reports that are due were written, else 0; absent where none is to be.",
)

BUILD_INFO = _gauge(
    "uptime_exporter_build_info", "Always 1; version of this exporter and its Python.", "version", "python"
)
EXPORTER_INFO = _gauge("uptime_exporter_info", "Always 1; the site that probes from here.", "site")
CONFIG_HASH = _gauge(
    "uptime_exporter_config_hash", "Always 1; SHA-256 of the configuration in force.", "sha256"
)
EVALUATED = _gauge(
    "uptime_exporter_evaluated_timestamp_seconds", "The one instant that every figure of this response is of."
)
RELOAD_OK = _gauge(
    "uptime_exporter_config_last_reload_successful",
    "Whether the last attempt to load a configuration succeeded.",
)
RELOAD_AT = _gauge(
    "uptime_exporter_config_last_reload_success_timestamp_seconds",
    "When the configuration in force was loaded.",
)
PROBER_CONNECTED = _gauge(
    "uptime_prober_connected",
    "Whether enough connectivity anchors answered: 0 while the prober is blind; only where anchors are configured.",
)
DISCOVERY_SUCCESS = _gauge(
    "uptime_discovery_last_success_timestamp_seconds",
    "When a source of targets said what can be used for the last time.",
    "source",
)
DISCOVERY_OK = _gauge(
    "uptime_discovery_last_refresh_successful",
    "Whether a source of targets says what can be used: 0 while the targets that it named before are in force.",
    "source",
)
PROMQL_UNTIL = _gauge(
    "uptime_promql_counted_until_timestamp_seconds",
    "End of the latest step whose events are counted, of an SLO over promql.",
    SERVICE,
    SLO,
)
PROMQL_OK = _gauge(
    "uptime_promql_last_ask_successful",
    "Whether Prometheus answered the latest question about an SLO over promql: 0 while its steps wait to be asked about.",
    SERVICE,
    SLO,
)
SCHEDULER_LAG = _histogram(
    "uptime_scheduler_lag_seconds", "From an endpoint's beat to the start of its probe."
)
SCHEDULER_MISSED = _counter(
    "uptime_scheduler_missed_probes_total",
    "Beats that found the endpoint's last probe still in flight, or were slept through.",
)
STORE_COMMIT = _gauge(
    "uptime_storage_last_commit_timestamp_seconds", "Instant up to which the record is durable."
)
STORE_PENDING = _gauge("uptime_storage_pending_rows", "Rows that wait for the next commit.")
STORE_BYTES = _gauge("uptime_storage_size_bytes", "Size of the store's files.")
STORE_FAILURES = _counter(
    "uptime_storage_write_failures_total", "Commits that failed; their rows are kept and tried again."
)
EXCLUSION_END = _gauge(
    "uptime_exclusion_end_timestamp_seconds",
    "When an exclusion that is in force will end; absent while it is not.",
    "name",
    "category",
    "recurring",
)
CLOCK_STEPS = _counter("uptime_clock_steps_total", "Steps of the wall clock by more than a second.")

FAMILIES: dict[Group, tuple[Family, ...]] = {
    Group.SERVICE: (SERVICE_RANK,),
    Group.ENDPOINT: (
        ENDPOINT_INFO,
        ENDPOINT_UP,
        ENDPOINT_STATE,
        ENDPOINT_EXCLUDED,
        ENDPOINT_SINCE,
        ENDPOINT_FAILURE,
        ENDPOINT_SECONDS,
        PROBE_RESULTS,
        PROBE_FAILURES,
        PROBE_DURATION,
        PROBE_PHASE,
        PROBE_LAST,
        PROBE_LAST_SUCCESS,
        PROBE_STATUS,
        TLS_NOT_AFTER,
        TLS_CHAIN_NOT_AFTER,
        TLS_VERIFIED,
    ),
    Group.SLO: (
        SLO_INFO,
        SLO_OBJECTIVE,
        SLO_WINDOW,
        SLO_PERIOD_END,
        SLO_SLI,
        SLO_COVERAGE,
        SLO_DAY_UNKNOWN,
        SLO_REMAINING_RATIO,
        SLO_REMAINING_SECONDS,
        SLO_BURN,
        SLO_BAD_SECONDS,
        SLO_BAD_EVENTS,
        SLO_STATE,
        SLO_ALERT,
        SLO_THRESHOLD,
    ),
    Group.SLA: (
        SLA_INFO,
        SLA_AVAILABILITY,
        SLA_TARGET,
        SLA_DOWNTIME,
        SLA_ALLOWANCE,
        SLA_NEXT_STEP,
        SLA_CREDIT,
        SLA_VERDICT,
        SLA_INCIDENTS_OPEN,
        SLA_INCIDENT_DUE,
        SLA_ESCALATION,
        SLA_PERIOD_END,
        SLA_EVALUATED,
        SLA_CLAIM_BY,
        SLA_REVIEW_BY,
        SLA_NOTICE_BY,
        SLA_REPORT_AT,
        SLA_REPORT_OK,
    ),
    Group.EXPORTER: (
        BUILD_INFO,
        EXPORTER_INFO,
        CONFIG_HASH,
        RELOAD_OK,
        RELOAD_AT,
        PROBER_CONNECTED,
        DISCOVERY_SUCCESS,
        DISCOVERY_OK,
        PROMQL_UNTIL,
        PROMQL_OK,
        SCHEDULER_LAG,
        SCHEDULER_MISSED,
        STORE_COMMIT,
        STORE_PENDING,
        STORE_BYTES,
        STORE_FAILURES,
        CLOCK_STEPS,
        EXCLUSION_END,
    ),
}
"""In the order in which they are shown; `EVALUATED` comes first, whatever is collected."""
