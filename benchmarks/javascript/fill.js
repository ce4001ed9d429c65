// docxtemplater, as its own documentation uses it: `node fill.js TEMPLATE VALUES RUNS WARM` prints milliseconds a document.
// WARM: the time of every run but the first half, when the machine has compiled docxtemplater itself.
import { readFileSync, writeFileSync } from "node:fs";
import Docxtemplater from "docxtemplater";
import PizZip from "pizzip";

const [template, values, runs, made] = process.argv.slice(2);
const content = readFileSync(template);
const data = JSON.parse(readFileSync(values, "utf8"));

function fill() {
  const document = new Docxtemplater(new PizZip(content), { paragraphLoop: true, linebreaks: true });
  document.render(data);
  return document.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
}

const times = [];
for (let run = 0; run < Number(runs); run += 1) {
  const began = process.hrtime.bigint();
  writeFileSync(made, fill());
  times.push(Number(process.hrtime.bigint() - began) / 1e6);
}
console.log(JSON.stringify(times));
