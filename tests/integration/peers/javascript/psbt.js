// One JSON request on standard input, one answer on standard output. `make` builds a PSBT of one coin; `finish`
// finalises a signed one.
const bitcoin = require("bitcoinjs-lib");
bitcoin.initEccLib(require("tiny-secp256k1"));
const network = bitcoin.networks.regtest;
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));

if (asked.do === "make") {
  const psbt = new bitcoin.Psbt({ network });
  psbt.addInput({
    hash: asked.txid,
    index: asked.vout,
    sequence: 0xfffffffd,
    nonWitnessUtxo: Buffer.from(asked.previous, "hex"),
  });
  psbt.addOutput({ address: asked.address, value: BigInt(asked.amount) });
  psbt.addOutput({ address: asked.change, value: BigInt(asked.rest) });
  console.log(JSON.stringify({ psbt: psbt.toBase64() }));
} else {
  const psbt = bitcoin.Psbt.fromBase64(asked.psbt, { network });
  psbt.finalizeAllInputs();
  console.log(JSON.stringify({ hex: psbt.extractTransaction().toHex() }));
}
