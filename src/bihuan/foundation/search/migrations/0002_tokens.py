from django.db import migrations


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_document ADD COLUMN tokens tsvector")
        schema_editor.execute(
            "CREATE INDEX search_document_tokens ON search_document USING gin (tokens)"
        )
    else:
        schema_editor.execute(
            "CREATE VIRTUAL TABLE search_token USING fts5(t, detail=none, tokenize='unicode61')"
        )


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_document DROP COLUMN tokens")
    else:
        schema_editor.execute("DROP TABLE search_token")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
