// One call of GitHub's toolkit: node client.mjs PACKAGE METHOD ARGUMENTS-AS-JSON; prints the answer as a line "answer {…}",
// with the milliseconds that it took.
// It is copied beside the packages, which it is looked up from.
const [name, method, text] = process.argv.slice(2);
const args = JSON.parse(text);
const module = await import(name);
const lib = module.default && typeof module.default === 'object' ? { ...module.default, ...module } : module;
const from = process.hrtime.bigint();
let on = lib;
if (name === 'artifact1')
	on = lib.create();
else if (lib.DefaultArtifactClient)
	on = new lib.DefaultArtifactClient();
try {
	const value = await on[method](...args);
	const ms = Number(process.hrtime.bigint() - from) / 1e6;
	console.log('answer ' + JSON.stringify({ ms, value: value === undefined ? null : value }));
} catch (error) {
	console.log('answer ' + JSON.stringify({ error: error.name + ': ' + error.message }));
}
