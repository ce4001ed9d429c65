// Reads a calendar from standard input with ical.js and prints what it found, as JSON.
import ICAL from "ical.js";
import { readFileSync } from "node:fs";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const facts = (item) => ({
  kind: item.name,
  uid: item.getFirstPropertyValue("uid"),
  title: item.getFirstPropertyValue("summary"),
  description: item.getFirstPropertyValue("description"),
  on: (item.getFirstPropertyValue("dtstart") ?? item.getFirstPropertyValue("due")).toString(),
  sequence: item.getFirstPropertyValue("sequence"),
  changed_at: item.getFirstPropertyValue("dtstamp").toString(),
});
console.log(JSON.stringify(calendar.getAllSubcomponents().map(facts)));
