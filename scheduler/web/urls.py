"""Where each page is."""

from __future__ import annotations

from django.urls import path

from scheduler.web import failures
from scheduler.web.access import journey, profile, returning, signing_in
from scheduler.web.api.interface import interface
from scheduler.web.pages import (
    acting,
    calendars,
    deliveries,
    drafts,
    home,
    listing,
    obligations,
    occurrence,
    reworks,
    trail,
)

handler400, handler404, handler500 = failures.refused, failures.missing, failures.broken

_DEADLINE = "scadenze/<slug:obligation>/<str:period>"
_DRAFT = f"{_DEADLINE}/bozze/<slug:document>/<int:version>"

urlpatterns = [
    path("api/", interface().urls),
    path("", home.home, name="home"),
    path("scadenze", listing.listing, name="listing"),
    path("scadenze.csv", listing.as_csv, name="listing-csv"),
    path("scadenze.json", listing.as_json, name="listing-json"),
    path(_DEADLINE, occurrence.occurrence_page, name="occurrence"),
    path(f"{_DEADLINE}/atti/<slug:kind>", acting.act, name="act"),
    path(f"{_DEADLINE}/dati", drafts.data, name="data"),
    path(f"{_DEADLINE}/dati/<str:name>", drafts.provenance, name="provenance"),
    path(f"{_DRAFT}.docx", drafts.word, name="draft"),
    path(f"{_DRAFT}.pdf", drafts.copy, {"form": "PDF"}, name="draft-pdf"),
    path(f"{_DRAFT}-archivio.pdf", drafts.copy, {"form": "ARCHIVE"}, name="draft-archive"),
    path(f"{_DRAFT}.odt", drafts.copy, {"form": "ODT"}, name="draft-odt"),
    path(f"{_DRAFT}/revisione.docx", drafts.review, name="draft-review"),
    path(f"{_DRAFT}/aggiornamento", reworks.rework, name="rework"),
    path(f"{_DRAFT}/differenze", drafts.differences, name="differences"),
    path(f"{_DRAFT}/dati", drafts.figures, name="draft-figures"),
    path(f"{_DEADLINE}/prove/<int:number>", occurrence.evidence_file, name="evidence"),
    path("adempimenti", obligations.obligations, name="obligations"),
    path("adempimenti/<slug:obligation_id>", obligations.obligation, name="obligation"),
    path("adempimenti/<slug:obligation_id>/nomi", obligations.names, name="names"),
    path("puntualita", obligations.punctual, name="punctuality"),
    path("invii", deliveries.deliveries, name="deliveries"),
    path("invii/<int:number>", deliveries.mail, name="mail"),
    path("invii/<int:number>/mail.eml", deliveries.mail_file, name="mail-file"),
    path("registro", trail.trail, name="trail"),
    path("calendari", calendars.calendars, name="calendars"),
    path("calendari/nuovo", calendars.add, name="calendar-add"),
    path("calendari/<int:number>/revoca", calendars.revoke, name="calendar-revoke"),
    path("accesso", signing_in.sign_in, name="sign-in"),
    path("accesso/entra", signing_in.enter, name="enter"),
    path("accesso/oidc", returning.depart, name="oidc"),
    path(journey.BACK, returning.arrive, name="oidc-back"),
    path("accesso/<str:token>", signing_in.link_page, name="sign-in-link"),
    path("esci", signing_in.sign_out, name="sign-out"),
    path("esci/ovunque", signing_in.sign_out_everywhere, name="sign-out-everywhere"),
    path("uscita", signing_in.left, name="signed-out"),
    path("profilo", profile.profile, name="profile"),
    path("profilo/gettoni", profile.make_token, name="make-token"),
    path("profilo/gettoni/<int:number>/revoca", profile.revoke_token, name="revoke-token"),
]
