// docxtemplater as its documentation uses it: `node fill.js TEMPLATE VALUES RUNS RESULT` prints the milliseconds of each run.
import { readFileSync, writeFileSync } from "node:fs";
import Docxtemplater from "docxtemplater";
import PizZip from "pizzip";

const [template, values, runs, result] = process.argv.slice(2);
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
  const made = fill();
  times.push(Number(process.hrtime.bigint() - began) / 1e6);
  writeFileSync(result, made);
}
console.log(JSON.stringify(times));
