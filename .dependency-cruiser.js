// Which folder may import which. The layers go one way: node files (nodes/Roche*) -> domain, which does not use n8n -> wire.
/** Shared folders, and which of our folders each may import: one direction, lowest first. */
const MAY_IMPORT = {
	errors: ['errors'],
	failures: ['failures', 'errors'],
	formats: ['formats'],
	wire: ['wire', 'failures', 'errors'],
	'partners-services': ['partners-services', 'wire', 'failures', 'errors', 'formats'],
	notification: ['notification', 'formats'],
	'access-point': ['access-point', 'notification', 'partners-services', 'wire', 'failures', 'errors', 'formats'],
	fhir: ['fhir', 'wire', 'errors', 'formats'],
	'node-support': [
		'node-support',
		'access-point',
		'notification',
		'partners-services',
		'wire',
		'failures',
		'errors',
		'formats',
	],
	// Only n8n's records: nothing of Roche or HTTP.
	'run-model': ['run-model'],
	'run-verdict': ['run-verdict', 'run-model', 'notification'],
	inbox: ['inbox', 'errors'],
};
const WITHOUT_N8N = [
	'errors',
	'failures',
	'formats',
	'wire',
	'partners-services',
	'access-point',
	'notification',
	'inbox',
	'fhir',
];
const withoutN8n = `^nodes/shared/(${WITHOUT_N8N.join('|')})/`;
/** Large libraries, which are loaded on first use only. */
const VENDORS = '(^|node_modules/)(undici|p-retry|p-limit|@aws-sdk|@smithy|@streamparser)(/|$)';
const PACKAGES = ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown', 'unknown'];

const layers = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
	name: `layer-${folder}`,
	comment: `nodes/shared/${folder} may import ${allowed.join(', ')}`,
	severity: 'error',
	from: { path: `^nodes/shared/${folder}/` },
	to: { path: '^nodes/', pathNot: `^nodes/shared/(${allowed.join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		...layers,
		{
			name: 'every-folder-has-a-layer',
			comment: 'A new shared folder is listed in MAY_IMPORT.',
			severity: 'error',
			from: {},
			to: { path: '^nodes/', pathNot: `^nodes/(Roche[^/]+|shared/(${Object.keys(MAY_IMPORT).join('|')}))/` },
		},
		{
			name: 'domain-without-n8n',
			comment: 'The domain works in a plain script.',
			severity: 'error',
			from: { path: withoutN8n },
			to: { path: '(^|node_modules/)(n8n-|@n8n/)' },
		},
		{
			name: 'domain-packages',
			comment: 'The domain needs no package but those that wire loads.',
			severity: 'error',
			from: { path: withoutN8n },
			to: { dependencyTypes: PACKAGES, pathNot: [VENDORS, '(^|node_modules/)(n8n-|@n8n/)'] },
		},
		{
			name: 'nodes-apart',
			comment: 'Nodes do not import one another; what they share is in a shared folder.',
			severity: 'error',
			from: { path: '^nodes/(Roche[^/]+)/' },
			to: { path: '^nodes/Roche', pathNot: '^nodes/$1/' },
		},
		{
			name: 'product-without-test',
			comment: 'Nothing of test/ is in the package.',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { path: '^test/' },
		},
		{
			name: 'libraries-in-vendor',
			comment: 'Only files in wire/vendor import the large libraries; all others import their types alone.',
			severity: 'error',
			from: { path: '^(nodes|credentials)/', pathNot: '^nodes/shared/wire/vendor/' },
			to: { path: VENDORS, dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'vendor-on-first-use',
			comment: 'Files in wire/vendor are imported dynamically.',
			severity: 'error',
			from: {},
			to: { path: '^nodes/shared/wire/vendor/', dynamic: false, dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'dynamic-is-vendor',
			comment: 'What is imported dynamically is a file in wire/vendor.',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { dynamic: true, pathNot: '^nodes/shared/wire/vendor/' },
		},
		{
			name: 'no-cycle',
			comment: 'No file imports itself through others.',
			severity: 'error',
			from: {},
			to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
		},
		{
			name: 'resolvable',
			comment: 'What is imported exists.',
			severity: 'error',
			from: {},
			to: { couldNotResolve: true },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		// Includes type-only imports, and distinguishes them from those that remain in the JavaScript.
		tsPreCompilationDeps: true,
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'require', 'node', 'default', 'types'],
		},
	},
};
