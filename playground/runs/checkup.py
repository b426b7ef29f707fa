"""What `manage.py doctor` looks at: the quick checks, and those that take their time."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from playground.providers import errors
from playground.runs import checks, remote
from playground.runs.checks import Finding, Level
from playground.runs.media import ffmpeg
from playground.runs.models import Run
from playground.teams.encryption import UndecryptableError
from playground.teams.models import ApiKey, Service

SHORTEST_SECRET_KEY = 32


def examine() -> list[Finding]:
    """Check everything; the provider is asked too, whether it takes each key that is in use."""
    found = list(checks.examine())
    if any(finding.name == "provider key" for finding in found):  # else there is no database
        found = [finding for finding in found if finding.name != "provider key"]
        found += [check_runs(), *check_provider()]
    return [check_settings(), *found, check_videos()]


def check_settings() -> Finding:
    """Look for what is dangerous where others can reach the pages."""
    others = sorted(set(settings.ALLOWED_HOSTS) - set(settings.LOOPBACK_NAMES))
    if not others:
        return Finding(name="settings", said="The pages answer on this machine only.")
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
            not settings.IS_HTTPS,
            "Without an https:// PUBLIC_BASE_URL passwords and cookies can be read on their way.",
            "Set PUBLIC_BASE_URL to the https address that others reach this by.",
        ),
    ]
    wrong = settings.DEBUG or settings.DEMO_LOGIN
    if said := [words for is_so, words, _ in dangers if is_so]:
        return Finding(
            name="settings",
            level=Level.WRONG if wrong else Level.WARNING,
            said=" ".join(said),
            advice=" ".join(advice for is_so, _, advice in dangers if is_so),
        )
    return Finding(name="settings", said=f"The pages answer as {', '.join(others)}.")


def check_runs() -> Finding:
    """Count what is under way, and tell what stands in its way."""
    under_way = Run.objects.exclude(next_check_at=None)
    count = under_way.count()
    overdue = Run.objects.due().filter(next_check_at__lt=timezone.now() - checks.OVERDUE).count()
    troubled = under_way.exclude(problem="").order_by("-created_at")
    said = f"{count} under way, {overdue} of them overdue." if count else "None is under way."
    if not (last := troubled.first()):
        return Finding(name="runs", level=Level.WARNING if overdue else Level.OK, said=said)
    return Finding(
        name="runs",
        level=Level.WARNING,
        said=f"{said} {troubled.count()} wait for something: see the page of each.",
        advice=f"The newest of these is /runs/{last.pk}/",
        detail=f"{last.problem}: {last.problem_message}".rstrip(": "),
    )


def check_provider() -> list[Finding]:
    keys = ApiKey.objects.usable().defer("secret").select_related("workspace")
    found = [ask_about(key) for key in keys.order_by("-current_since")]
    return [finding for findings in found for finding in findings] or [without_key()]


def without_key() -> Finding:
    is_demo = ApiKey.objects.filter(is_active=True, service=Service.SANDBOX).exists()
    return Finding(
        name="provider key",
        level=Level.WARNING if is_demo else Level.WRONG,
        said="Only a key of the sandbox is stored, which make demo uses; nothing else can be sent."
        if is_demo
        else checks.describe_missing_key(),
        advice="Add or enable one on the page /team/keys/, or "
        "MINDVIDEO_API_KEY=... python manage.py release",
    )


def ask_about(key: ApiKey) -> list[Finding]:
    """Ask the service whether it takes a key, and compare its clock with ours."""
    try:
        theirs = remote.provider_for(key).check()
    except UndecryptableError:
        return [checks.unopened(str(key))]
    except errors.ProviderError as error:
        return [explain(key, error)]
    taken = Finding(name="provider key", said=f"{key.get_service_display()} takes {key}.")
    offset = theirs - timezone.now() if theirs else timedelta()
    if abs(offset) > checks.CLOCK_TOLERANCE:
        return [taken, checks.clocks_apart(key.get_service_display(), offset)]
    return [taken]


def explain(key: ApiKey, error: errors.ProviderError) -> Finding:
    service = key.get_service_display()
    address = Service(key.service).base_url
    level, said, advice = Level.WRONG, f"{service} gave no usable answer: {error}", ""
    match error:
        case errors.KeyRefused():
            is_current = key == key.workspace.current_key()
            level = Level.WRONG if is_current else Level.WARNING
            said = f"{service} refuses {key}" + ("." if is_current else ", an earlier key.")
            advice = "Add one that is good on the page /team/keys/."
        case errors.OutOfFunds():
            level, said = Level.WARNING, f"The account of {key} has no funds left."
            advice = f"Add funds at {service}; the runs that wait for them go on by themselves."
        case errors.Throttled():
            level, said = Level.WARNING, f"{service} is busy and asks for a pause."
        case errors.Unreachable():
            said = f"{service} cannot be reached."
            advice = f"See whether this machine gets to {address}: name, network, firewall."
        case errors.Unavailable():
            advice = f"It may pass by itself. The address is {address}."
    return Finding(name="provider key", level=level, said=said, advice=advice, detail=error.raw)


def check_videos() -> Finding:
    if ffmpeg.find_program():
        said = "They get a poster frame, and can be handed in: ffmpeg is here."
        return Finding(name="videos", said=said)
    return Finding(
        name="videos",
        level=Level.WARNING,
        said="They are stored without a poster, and none can be handed in: no ffmpeg here.",
        advice="Install ffmpeg; the one that comes along does not run on this machine.",
    )
