import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext

from playground import database_clock, texts
from playground.addresses import address_of
from playground.catalog.models import ModelSpec, form_of
from playground.columns import AmountField, DerivedField, OrderedJSONField, StoredTextField
from playground.providers import registry
from playground.runs.models.counted_costs import COUNTED
from playground.runs.models.ended import run_ended
from playground.runs.models.headline import find_words
from playground.runs.models.inputs_digest import InputsDigestField
from playground.runs.models.queues import release_claimed
from playground.runs.models.run_indexes import INDEXES
from playground.runs.models.run_queryset import RunQuerySet
from playground.runs.models.status import FINISHED, NEXT, Status, is_settled
from playground.schema import SchemaForm
from playground.teams.models import ApiKey, Workspace

if TYPE_CHECKING:
    from playground.runs.models.upload import Upload


class Run(models.Model):
    """One request to a model, and its result."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="runs")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="runs")
    spec = models.ForeignKey(ModelSpec, models.PROTECT, related_name="runs")
    api_key = models.ForeignKey(ApiKey, models.PROTECT, related_name="runs")
    inputs = OrderedJSONField()
    inputs_digest = InputsDigestField()  # "" for older rows until the backfill
    # {"inputs", "values"}: the inputs with variables and their values; {} without variables.
    template = OrderedJSONField(default=dict, blank=True, db_default={})
    # Uploads that the inputs refer to.
    uploads: "models.ManyToManyField[Upload, Any]" = models.ManyToManyField(
        "Upload", related_name="runs"
    )
    # The run whose inputs the form was opened with, or that was run again.
    made_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="made_of_it"
    )
    is_shared = models.BooleanField(
        default=True, db_default=True
    )  # with the workspace; else its author's alone

    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    revision = models.PositiveIntegerField(default=0)
    submission_token = models.UUIDField(unique=True, default=uuid.uuid4)
    idempotency_key = models.UUIDField(unique=True, default=uuid.uuid4)
    addresses = OrderedJSONField(default=dict, db_default={})
    sent_to = models.TextField(blank=True, default="", db_default="")
    task_id = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    # Stored responses of the provider: to the request, and of the last poll.
    ticket_answer = models.TextField(blank=True, default="", db_default="")
    task_answer = models.TextField(blank=True, default="", db_default="")
    # Our estimates before it was sent: expected, and maximum (reserved in budgets).
    cost_expected = AmountField(null=True, blank=True)
    cost_most = AmountField(null=True, blank=True)
    cost_estimate = AmountField(null=True, blank=True)  # the provider's, when it accepted the run
    cost_actual = AmountField(null=True, blank=True)
    cost_counted = DerivedField(
        expression=COUNTED,
        output_field=AmountField(),
        db_persist=True,
    )

    # The problem: why the run waits, or why it failed.
    problem = models.CharField(max_length=40, blank=True)
    problem_message = models.TextField(blank=True)
    problem_text = StoredTextField()  # of problem_message, see playground/texts.py
    problem_detail = models.TextField(blank=True)
    problem_fields = OrderedJSONField(default=dict, db_default={})
    problem_since = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stored_at = models.DateTimeField(null=True, blank=True)
    history_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)  # removed from the board

    # The last successful poll, and the duration of the task; null if unknown, because its end was
    # noticed late.
    checked_at = models.DateTimeField(null=True, blank=True)
    took_seconds = models.FloatField(null=True, blank=True)

    attempts = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    # Its slot for the next request while its API key is rate-limited.
    slot_at = models.DateTimeField(null=True, blank=True)
    lease_id = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = list(INDEXES)
        constraints = [
            models.CheckConstraint(
                name="run_finished_at_iff_finished",
                condition=Q(status__in=FINISHED) ^ Q(finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="run_has_task_once_accepted",
                condition=~Q(status__in=(Status.QUEUED, Status.PROCESSING, Status.SUCCEEDED))
                | ~Q(task_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"  # without the inputs: it may be logged

    def get_absolute_url(self) -> str:
        return address_of("run", self.pk)

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def is_settled(self) -> bool:
        """Whether nothing will change any more: finished, with outputs stored."""
        return is_settled(self.status, self.stored_at)

    @property
    def is_cancellable(self) -> bool:
        """Whether it can be cancelled at no cost: it was not sent yet."""
        return self.status == Status.PENDING and self.sent_at is None

    @property
    def is_in_doubt(self) -> bool:
        """Whether it was sent without a response, so that it may have been charged."""
        return bool(self.sent_at and self.problem) and not self.task_id

    @property
    def is_set_aside(self) -> bool:
        """Whether it continues although nobody waits for it."""
        return self.set_aside_at is not None and not self.is_settled

    @property
    def is_watched(self) -> bool:
        """Whether pages poll it: it can change, and a person waits for it."""
        return not self.is_settled and not self.is_set_aside

    @property
    def awaits_history(self) -> bool:
        """Whether the provider's event history will be fetched soon."""
        is_due = self.next_check_at is not None
        return self.is_settled and self.history_at is None and bool(self.task_id) and is_due

    @property
    def can_be_set_aside(self) -> bool:
        """Whether one can stop waiting: it was sent, so it cannot be cancelled."""
        return self.is_watched and not self.is_cancellable

    @property
    def is_placeholder(self) -> bool:
        """Whether the sandbox drew the outputs, not a model.

        Does not load the key's secret, which may be undecryptable.
        """
        stand_ins = [each.slug for each in registry.stand_ins()]
        return ApiKey.objects.filter(pk=self.api_key_id, provider__in=stand_ins).exists()

    @property
    def form(self) -> SchemaForm:
        """The form of its model version, also if that is not loaded."""
        spec: ModelSpec | None = self._state.fields_cache.get("spec")
        if spec is None or "schema" in spec.get_deferred_fields():
            return form_of(self.spec_id)
        return spec.form

    @property
    def headline(self) -> str:
        """A title for the run: its first long text, usually the prompt."""
        return find_words(self.form.hide_secrets(self.inputs, instead=""))

    @property
    def wording(self) -> str:
        """The headline with its variables, as it was written."""
        written = self.template.get("inputs", self.inputs)
        return find_words(self.form.hide_secrets(written, instead=""))

    @property
    def status_words(self) -> str:
        """The displayed status; for people, a run is done when its outputs are stored."""
        if self.is_set_aside:
            return gettext("Not tracked")
        if self.status == Status.PENDING and self.sent_at and self.problem:
            return gettext("Waiting for an answer")
        if self.status == Status.SUCCEEDED and not self.is_settled:
            return gettext("Downloading result")
        return str(self.get_status_display())

    @property
    def problem_words(self) -> str:
        """The problem, in the reader's language if the text is ours."""
        return texts.say(self.problem_text, self.problem_message)

    def log(self, words: texts.Words) -> None:
        """Add an event of ours to the run's timeline."""
        message_columns = texts.columns(words, "words", "text")
        self.events.create(source="ours", at=timezone.now(), **message_columns)

    def move_to(self, status: Status, **changes: Any) -> bool:
        """Take one legal step; False when another process took it, or the lease, first."""
        if status not in NEXT.get(self.status, ()):
            raise ValueError(f"{self.status} cannot become {status}")
        changes["finished_at"] = timezone.now() if status in FINISHED else None
        return self.note(status=status, **changes)

    def note(self, **changes: Any) -> bool:
        """Save visible changes, unless the run changed or was claimed again meanwhile.

        If they settle the run, `run_ended` is sent in the same transaction.
        """
        if not self._would_settle(changes):
            return self._write(changes)
        try:
            with transaction.atomic():
                is_written = self._write(changes, stored_at=self.stored_at)
                if is_written:
                    run_ended.send(type(self), run=self)
        except Exception:
            self._reread()  # the unsaved end in this object is invalid
            raise
        return is_written

    def _would_settle(self, changes: Mapping[str, Any]) -> bool:
        status = changes.get("status", self.status)
        stored_at = changes.get("stored_at", self.stored_at)
        return not self.is_settled and is_settled(status, stored_at)

    def _write(self, changes: Mapping[str, Any], **conditions: Any) -> bool:
        mine = type(self).objects.filter(pk=self.pk, status=self.status, lease_id=self.lease_id)
        if mine.filter(**conditions).update(revision=F("revision") + 1, **changes):
            for name, value in {**changes, "revision": self.revision + 1}.items():
                setattr(self, name, value)  # refresh_from_db would drop loaded relations
            return True
        self._reread()
        return False

    def _reread(self) -> None:
        lease_id = self.lease_id
        self.refresh_from_db()
        self.lease_id = lease_id  # never another's: later writes must fail then

    def release(self, next_check_at: Any, *, slot_at: datetime | None = None) -> None:
        """Release the lease and set the next due time; None for never.

        Converts a time of this machine's clock to the database's.
        """
        if isinstance(next_check_at, datetime):
            next_check_at = database_clock.from_local(next_check_at)
        if self.lease_id and isinstance(next_check_at, datetime | None):
            release_claimed((self.pk, self.lease_id), next_check_at, slot_at, self.checked_at)
            return
        mine = type(self).objects.filter(pk=self.pk, lease_id=self.lease_id)
        mine.update(
            lease_id=None,
            leased_until=None,
            next_check_at=next_check_at,
            slot_at=slot_at,
            checked_at=self.checked_at,
        )
