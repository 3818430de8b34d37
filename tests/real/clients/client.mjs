// One call of GitHub's toolkit: node client.mjs PACKAGE METHOD ARGUMENTS-AS-JSON; prints the answer as a line "answer {…}".
// It is copied beside the packages, which it is looked up from.
const [name, method, text] = process.argv.slice(2);
const args = JSON.parse(text);
const module = await import(name);
const lib = module.default && typeof module.default === 'object' ? { ...module.default, ...module } : module;
let on = lib;
if (name === 'artifact1')
	on = lib.create();
else if (lib.DefaultArtifactClient)
	on = new lib.DefaultArtifactClient();
try {
	const value = await on[method](...args);
	console.log('answer ' + JSON.stringify({ value: value === undefined ? null : value }));
} catch (error) {
	console.log('answer ' + JSON.stringify({ error: error.name + ': ' + error.message }));
}
