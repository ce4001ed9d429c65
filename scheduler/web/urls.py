"""Where each page is."""

from __future__ import annotations

from django.urls import path

from scheduler.web import failures
from scheduler.web.pages import deliveries, home, listing, obligations, occurrence, trail

handler400, handler404, handler500 = failures.refused, failures.missing, failures.broken

urlpatterns = [
    path("", home.home, name="home"),
    path("scadenze", listing.listing, name="listing"),
    path("scadenze.csv", listing.as_csv, name="listing-csv"),
    path("scadenze.json", listing.as_json, name="listing-json"),
    path("scadenze/<slug:obligation>/<str:period>", occurrence.occurrence_page, name="occurrence"),
    path(
        "scadenze/<slug:obligation>/<str:period>/bozze/<str:document>/<int:version>",
        occurrence.draft_file,
        name="draft",
    ),
    path("scadenze/<slug:obligation>/<str:period>/prove/<int:number>", occurrence.evidence_file, name="evidence"),
    path("adempimenti", obligations.obligations, name="obligations"),
    path("adempimenti/<slug:obligation_id>", obligations.obligation, name="obligation"),
    path("puntualita", obligations.punctual, name="punctuality"),
    path("invii", deliveries.deliveries, name="deliveries"),
    path("invii/<int:number>", deliveries.mail, name="mail"),
    path("invii/<int:number>/mail.eml", deliveries.mail_file, name="mail-file"),
    path("registro", trail.trail, name="trail"),
]
