"""What Prometheus is told. One registry a service, so that two of them in one process do not mix."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """Counters that rooms raise and gauges that are set when somebody looks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "offhook_deliveries",
            "Deliveries by phone system and what became of them: accepted, known, or the code of the refusal.",
            ("phone_system", "outcome"),
            registry=self.registry,
        )
        self.consents = Counter(
            "offhook_consents", "Consents that came back, by outcome.", ("outcome",), registry=self.registry
        )
        self.jobs = Gauge("offhook_jobs", "Jobs by kind and status.", ("kind", "status"), registry=self.registry)
        self.unhandled = Gauge(
            "offhook_deliveries_unhandled", "Deliveries that are accepted and not handled yet.", registry=self.registry
        )
        self.panels = Gauge("offhook_panels", "Panels that are listening.", registry=self.registry)
        self.elevations = Gauge(
            "offhook_elevations", "Rights that were lent and are not taken back.", registry=self.registry
        )
        self.elevations_overdue = Gauge(
            "offhook_elevations_overdue", "Those of them that should have been taken back by now.", registry=self.registry
        )

        self.directory_listing = Gauge(
            "offhook_directory_listing",
            "Accounts whose contacts are not all known yet, but being listed.",
            registry=self.registry,
        )
        self.directory_behind = Gauge(
            "offhook_directory_behind_seconds",
            "The longest time since what changed among an account's contacts was looked at.",
            registry=self.registry,
        )

    def text(self) -> bytes:
        return generate_latest(self.registry)
