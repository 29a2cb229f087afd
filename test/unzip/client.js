// Unpacks ZIPs with the unzipper that the CLI has in its bundle: decompress, with
// decompress-unzip and yauzl. Arguments: the bundle, the folder of the ZIPs, and
// where each is unpacked to. Prints a line for each that fails.
const fs = require('fs');
const path = require('path');
const Module = require('module');

const [bundle, zips, to] = process.argv.slice(2).map((p) => path.resolve(p));

// The bundle runs the CLI when it is loaded: only what stands before is loaded here,
// and the module that holds decompress is asked for.
function unzipper() {
  const text = fs.readFileSync(bundle, 'utf8');
  const refusal = text.indexOf('Refusing to create a directory outside the output path.');
  const starts = [...text.slice(0, refusal).matchAll(/var ([\w$]+)=I\(\([\w$]+,[\w$]+\)=>\{/g)];
  const end = text.lastIndexOf('(async()=>{if(');
  if (refusal < 0 || starts.length === 0 || end < refusal) {
    throw new Error(`${bundle} is another bundle than this script knows: look for decompress in it`);
  }
  const loaded = new Module(bundle);
  loaded.filename = bundle;
  loaded.paths = Module._nodeModulePaths(path.dirname(bundle));
  loaded._compile(`${text.slice(0, end)};module.exports=${starts.pop()[1]}();`, bundle);
  return loaded.exports;
}

async function main() {
  const decompress = unzipper();
  for (const name of fs.readdirSync(zips).filter((n) => n.endsWith('.zip'))) {
    try {
      await decompress(path.join(zips, name), path.join(to, name));
    } catch (e) {
      console.log(`${name}: ${e.message}`);
    }
  }
}

main().then(
  () => process.exit(0), // the bundle leaves timers behind
  (e) => {
    console.error(e);
    process.exit(1);
  },
);
