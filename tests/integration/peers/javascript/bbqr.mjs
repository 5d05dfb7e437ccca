// One JSON request on standard input, one answer on standard output: `split` makes a BBQr series, `join` reads one.
import { readFileSync } from "node:fs";

const { splitQRs, joinQRs } = await import(`${process.env.NODE_PATH}/bbqr/dist/bbqr.js`);
const asked = JSON.parse(readFileSync(0, "utf8"));

if (asked.do === "split") {
  const { parts } = splitQRs(Buffer.from(asked.data, "hex"), asked.kind, {
    encoding: asked.encoding,
    minVersion: 5,
    maxVersion: 5,
  });
  console.log(JSON.stringify({ parts }));
} else {
  const { fileType, raw } = joinQRs(asked.parts);
  console.log(JSON.stringify({ kind: fileType, data: Buffer.from(raw).toString("hex") }));
}
