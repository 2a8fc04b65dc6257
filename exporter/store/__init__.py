"""The durable record: series of results, marks and absences."""
