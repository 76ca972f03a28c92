"""A throw-away PostgreSQL cluster for tests, where its binaries are found; also when the user is root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

# What puts a database back lies in it, in a schema of its own: a copy of each table that has rows, and where the sequences stood. Whatever
# alters a table leaves a note; such a database is made anew. Rows are deleted, not truncated: that would write hundreds of files each time.
KEEPING = """
CREATE SCHEMA kept;
CREATE TABLE kept.note (command text);
CREATE TABLE kept.sequence AS
    SELECT format('%I.%I', schemaname, sequencename) AS name, last_value FROM pg_sequences WHERE schemaname = 'public';
CREATE SCHEMA kept_rows;
DO $$
DECLARE name text; filled boolean;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE kept_rows.%I AS TABLE public.%1$I', name);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION kept.put_back() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
    IF EXISTS (SELECT FROM kept.note) THEN
        RETURN false;
    END IF;
    PERFORM set_config('session_replication_role', 'replica', true);  -- no foreign key is looked at meanwhile
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept_rows' LOOP
        EXECUTE format('INSERT INTO public.%I TABLE kept_rows.%1$I', name);
    END LOOP;
    PERFORM setval(sequence.name::regclass, coalesce(last_value, 1), last_value IS NOT NULL) FROM kept.sequence
        WHERE last_value IS DISTINCT FROM pg_sequence_last_value(sequence.name::regclass);
    RETURN true;
END $$;

CREATE FUNCTION kept.take_note() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kept.note VALUES (tg_tag);
END $$;
CREATE EVENT TRIGGER take_note ON ddl_command_end EXECUTE FUNCTION kept.take_note();
"""


def binaries() -> Path | None:
    """The folder with initdb and postgres, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*found, *([Path(on_path)] if on_path else [])]
    return candidates[0].parent if candidates else None


class Cluster:
    """One PostgreSQL server on a Unix socket in a temporary folder; no port is opened.

    It is quick, and forgets what it just committed when it stops; a ``lasting`` one keeps it, as any office's does."""

    def __init__(self, programs: Path, lasting: bool = False) -> None:
        self.programs, self.lasting = programs, lasting
        self.folder = Path(tempfile.mkdtemp(prefix="coordination-pg-"))
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", self.user, "-E", "UTF8", "--locale=C", "--auth=trust", "-N")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        quick = "" if self.lasting else "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        options = f"-k {self.folder} -c listen_addresses= {quick} -c max_connections=60"
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop the server at once."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of one database in it."""
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection to one database as the owner, outside any transaction."""
        return psycopg.connect(host=str(self.folder), user=self.user, dbname=database, autocommit=True)

    def sql(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside any transaction, as the owner."""
        with self.connect(database) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder, timeout=120)


class Copy:
    """A copy of a database, put back as that one is as often as asked. To copy it each time takes many times as long."""

    def __init__(self, cluster: Cluster, template: str, name: str) -> None:
        """The template must hold ``KEEPING``."""
        self.url = cluster.url(name)
        self._cluster, self._template, self._name = cluster, template, name
        self._connection: psycopg.Connection | None = None

    def put_back(self) -> None:
        """End all other connections and have the template's rows and sequences again; whose tables were altered is made anew."""
        if self._connection is not None and self._connection.execute("SELECT kept.put_back()").fetchone() == (True,):
            return
        self.close()
        self._cluster.sql(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        self._cluster.sql(f"CREATE DATABASE {self._name} TEMPLATE {self._template} STRATEGY file_copy")
        self._connection = self._cluster.connect(self._name)

    def close(self) -> None:
        """Let go of it."""
        if self._connection is not None:
            self._connection.close()
