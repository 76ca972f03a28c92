"""The web application for any WSGI server (``wsgi:app``), and the management commands (``python wsgi.py …``)."""

from coordination.app import create_app

app = create_app()

if __name__ == "__main__":
    from coordination.cli import cli, main
    from scheduler.commands import jobs

    cli.add_command(jobs)
    with app.app_context():
        main()
