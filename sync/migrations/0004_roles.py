from django.db import migrations

from sync.roles import make_roles


def make(apps, _schema_editor):
    make_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0003_portal"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    # The groups stay when this is taken back: people may be in them.
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
