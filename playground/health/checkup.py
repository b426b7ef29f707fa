"""The checks of `manage.py doctor`: the quick ones and slower ones."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from playground import database_clock
from playground.health import checks
from playground.health.findings import CheckResult, Level
from playground.media import ffmpeg
from playground.providers import errors, registry
from playground.public_url import site_name
from playground.runs.models import Run
from playground.runs.worker import clients
from playground.teams import outbox, providers_in_use
from playground.teams.encryption import UndecryptableError
from playground.teams.models import ApiKey, Mail

SHORTEST_SECRET_KEY = 32
LOOPBACK = {"127.0.0.1", "[::1]"}
ONLY_DEMO_KEY = (
    "Only a key of the sandbox is stored, which make demo uses; nothing else can be sent."
)
MOST_MAILS = 5  # that are listed individually


def examine() -> list[CheckResult]:
    """Run all checks, including a request to the provider for each API key in use."""
    found = list(checks.examine())
    if any(finding.name == "provider key" for finding in found):  # else there is no database
        found = [finding for finding in found if finding.name != "provider key"]
        found += [check_runs(), check_mail(), *check_provider()]
    return [check_settings(), *found, check_videos()]


def check_settings() -> CheckResult:
    """Check for settings that are dangerous on a reachable installation."""
    others = other_names()
    if not others:
        return CheckResult(name="settings", message="The pages answer on this machine only.")
    dangers = [
        (settings.DEBUG, "DEBUG is on: it shows settings and code to strangers.", "Unset DEBUG."),
        (settings.DEMO_LOGIN, "DEMO_LOGIN is on: it lets people in unasked.", "Unset DEMO_LOGIN."),
        (
            len(settings.SECRET_KEY) < SHORTEST_SECRET_KEY,
            "SECRET_KEY is short enough to be guessed.",
            "Set it to 50 random characters; set ENCRYPTION_KEYS first, if keys are stored.",
        ),
        (
            "*" in others,
            "ALLOWED_HOSTS takes any name.",
            "Set it to the names by which the pages are asked for.",
        ),
        (
            "*" in settings.FORWARDED_ALLOW_IPS and settings.BIND_ADDRESS not in LOOPBACK,
            "FORWARDED_ALLOW_IPS believes every client that reaches the port about its address.",
            "Set it to the addresses of your proxies, or keep the port closed to others.",
        ),
        (
            not settings.IS_HTTPS,
            "Without an https:// PUBLIC_BASE_URL passwords and cookies can be read on their way.",
            "Set PUBLIC_BASE_URL to the https address that others reach this by.",
        ),
    ]
    wrong = settings.DEBUG or settings.DEMO_LOGIN
    if message := [words for is_so, words, _ in dangers if is_so]:
        return CheckResult(
            name="settings",
            level=Level.WRONG if wrong else Level.WARNING,
            message=" ".join(message),
            advice=" ".join(advice for is_so, _, advice in dangers if is_so),
        )
    return CheckResult(name="settings", message=f"The pages answer as {', '.join(others)}.")


def other_names() -> list[str]:
    """Return the allowed hosts other than loopback names."""
    return sorted(set(settings.ALLOWED_HOSTS) - set(settings.LOOPBACK_NAMES))


def check_runs() -> CheckResult:
    """Count the runs in progress, and those with a problem."""
    under_way = Run.objects.exclude(next_check_at=None)
    count = under_way.count()
    overdue = count_overdue()
    troubled = under_way.exclude(problem="").order_by("-created_at")
    message = f"{count} under way, {overdue} of them overdue." if count else "None is under way."
    if not (last := troubled.first()):
        return CheckResult(
            name="runs", level=Level.WARNING if overdue else Level.OK, message=message
        )
    return CheckResult(
        name="runs",
        level=Level.WARNING,
        message=f"{message} {troubled.count()} wait for something: see the page of each.",
        advice=f"The newest of these is /runs/{last.pk}/",
        detail=f"{last.problem}: {last.problem_message}".rstrip(": "),
    )


def count_overdue() -> int:
    long_ago = database_clock.now_expression(-checks.OVERDUE)
    return Run.objects.due().filter(next_check_at__lt=long_ago).count()


def check_mail() -> CheckResult:
    """Report whether mail can be sent, and the mails that failed."""
    failed, late = Mail.objects.failed(), Mail.objects.late()
    if failed or late:
        return CheckResult(
            name="mail",
            level=Level.WARNING,
            message=" ".join(
                [*map(describe_failed, failed[:MOST_MAILS]), *map(describe_late, late[:MOST_MAILS])]
            ),
            advice="See that EMAIL_URL is right, that its server can be reached, and that a worker "
            "runs. For a forgotten password: manage.py people reset NAME",
            detail="; ".join(sorted({mail.problem for mail in [*failed, *late] if mail.problem})),
        )
    if not outbox.has_server():
        message = "None is sent: EMAIL_URL is not set. For a forgotten password: people reset NAME."
        return CheckResult(name="mail", message=message)
    if not settings.PUBLIC_BASE_URL and other_names():
        return CheckResult(
            name="mail",
            level=Level.WARNING,
            message=f"The links in mail lead to {site_name()}, which is this machine alone.",
            advice="Set PUBLIC_BASE_URL to the address that others reach this by.",
        )
    return CheckResult(name="mail", message=f"The links in mail lead to {site_name()}.")


def describe_failed(mail: Mail) -> str:
    return f"A mail to {mail.user} was given up ({outbox.subject_of(mail)})."


def describe_late(mail: Mail) -> str:
    whom = mail.user or "an address"
    return f"A mail to {whom} waits after {mail.tries} tries ({outbox.subject_of(mail)})."


def check_provider() -> list[CheckResult]:
    keys = ApiKey.objects.usable().defer("secret").select_related("workspace")
    found = [check_with_provider(key) for key in keys.order_by("-current_since")]
    return [finding for findings in found for finding in findings] or [without_key()]


def without_key() -> CheckResult:
    stand_ins = [each.slug for each in registry.stand_ins()]
    is_demo = ApiKey.objects.filter(is_active=True, provider__in=stand_ins).exists()
    variables = " or ".join(f"{each.key_variable}=..." for each in registry.real())
    return CheckResult(
        name="provider key",
        level=Level.WARNING if is_demo else Level.WRONG,
        message=ONLY_DEMO_KEY if is_demo else checks.describe_missing_key(),
        advice="Add or enable one on the page /team/keys/, or "
        f"{variables} python manage.py release",
    )


def check_with_provider(key: ApiKey) -> list[CheckResult]:
    """Ask the provider whether it accepts a key, and compare its clock with ours."""
    try:
        theirs = clients.client_for(key).check()
    except UndecryptableError:
        return [checks.unopened(str(key))]
    except errors.ProviderError as error:
        return [explain(key, error)]
    taken = CheckResult(name="provider key", message=f"{key.provider_name} takes {key}.")
    offset = theirs - timezone.now() if theirs else timedelta()
    if abs(offset) > checks.CLOCK_TOLERANCE:
        return [taken, checks.clocks_apart(key.provider_name, offset)]
    return [taken]


def explain(key: ApiKey, error: errors.ProviderError) -> CheckResult:
    service = key.provider_name
    address = providers_in_use.address_of(registry.get(key.provider))
    level, message, advice = Level.WRONG, f"{service} gave no usable answer: {error}", ""
    match error:
        case errors.KeyRefused():
            is_current = key == key.workspace.current_key(key.provider)
            level = Level.WRONG if is_current else Level.WARNING
            message = f"{service} refuses {key}" + ("." if is_current else ", an earlier key.")
            advice = "Add one that is good on the page /team/keys/."
        case errors.OutOfFunds():
            level, message = Level.WARNING, f"The account of {key} has no funds left."
            advice = f"Add funds at {service}; waiting runs then continue automatically."
        case errors.Throttled():
            level, message = Level.WARNING, f"{service} is busy and asks for a pause."
        case errors.Unreachable():
            message = f"{service} cannot be reached."
            advice = f"See whether this machine gets to {address}: name, network, firewall."
        case errors.Unavailable():
            advice = f"This may be temporary. The address is {address}."
    return CheckResult(
        name="provider key", level=level, message=message, advice=advice, detail=error.raw
    )


def check_videos() -> CheckResult:
    if ffmpeg.find_program():
        message = "They get a poster frame, and can be handed in: ffmpeg is here."
        return CheckResult(name="videos", message=message)
    return CheckResult(
        name="videos",
        level=Level.WARNING,
        message="They are stored without a poster, and none can be handed in: no ffmpeg here.",
        advice="Install ffmpeg; the one that comes along does not run on this machine.",
    )
