from django.db import migrations


FUNCTION = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.private IS NULL AND OLD.private IS NOT NULL
     AND ROW(NEW.id, NEW.stream, NEW.seq, NEW.type, NEW.at, NEW.actor, NEW.data,
             NEW.private_digest, NEW.key, NEW.prev, NEW.hash)
         IS NOT DISTINCT FROM
         ROW(OLD.id, OLD.stream, OLD.seq, OLD.type, OLD.at, OLD.actor, OLD.data,
             OLD.private_digest, OLD.key, OLD.prev, OLD.hash) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'events are appended, never changed';
END $$
"""
TRIGGER = """
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_append_only()
"""


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(TRIGGER)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER audit_event_append_only ON audit_event")
        schema_editor.execute("DROP FUNCTION audit_append_only()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
