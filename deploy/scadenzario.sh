#!/bin/sh
# One command of Scadenzario with the user, the settings and the passwords of the service: `sudo scadenzario check`.
# Copy to /usr/local/sbin/scadenzario, mode 755. Files are named from the workspace, or by their whole path.
exec systemd-run --quiet --pipe --wait --collect \
  --property=User=scadenzario --property=Group=scadenzario --property=UMask=0077 \
  --property=WorkingDirectory=/var/lib/scadenzario --setenv=SCADENZARIO_WORKSPACE=/var/lib/scadenzario \
  --property=EnvironmentFile=-/etc/scadenzario/scadenzario.env \
  --property=LoadCredential=scadenzario_smtp_password:/etc/scadenzario/smtp_password \
  --property='SetCredential=scadenzario_smtp_password:\n' \
  --property=LoadCredential=scadenzario_database_url:/etc/scadenzario/database_url \
  --property='SetCredential=scadenzario_database_url:\n' \
  /opt/scadenzario/venv/bin/scadenzario "$@"
