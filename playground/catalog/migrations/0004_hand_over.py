"""Give the models that people made to their workspaces."""

from django.db import migrations

SHIPPED = ("doubao-seedream-5-0-lite",)  # with the versions of the program before this one


def hand_over(apps, schema_editor):
    """Move a model to the workspace of those who made it, where that is one workspace alone.

    The installation keeps what came with the program in any version, what was made by people of
    several workspaces or of none, and what another workspace has used: its people would lose it.
    """
    del schema_editor
    specs = apps.get_model("catalog", "ModelSpec").objects
    memberships = apps.get_model("teams", "Membership").objects
    rows = [apps.get_model("runs", name).objects for name in ("Run", "Preset")]
    shipped = {*SHIPPED, *specs.filter(made_by="").values_list("slug", flat=True)}
    made = specs.filter(workspace=None).exclude(slug__in=shipped)
    for slug in sorted(set(made.values_list("slug", flat=True))):
        versions = specs.filter(workspace=None, slug=slug)
        authors = set(versions.values_list("made_by", flat=True))
        theirs = memberships.filter(user__username__in=authors)
        workspaces = set(theirs.values_list("workspace_id", flat=True))
        for table in rows:
            workspaces |= set(
                table.filter(spec__slug=slug).values_list("workspace_id", flat=True)
            )
        if theirs.exists() and len(workspaces) == 1:
            versions.update(workspace_id=workspaces.pop())


class Migration(migrations.Migration):
    # By itself: PostgreSQL adds no constraint to a table in the transaction that changed its rows.

    dependencies = [
        ("catalog", "0003_whose_models"),
        ("runs", "0015_likeness"),
        ("teams", "0008_tally"),
    ]

    operations = [migrations.RunPython(hand_over, migrations.RunPython.noop)]
