// Requests a token from servers in a separate process, because Node determines its CAs at its start. argv: build folder; stdin: JSON.
// The filled CA field comes first: its CAs must not remain trusted for credentials without it.
const { join } = require('node:path');
const { text } = require('node:stream/consumers');

async function main() {
	const nodes = join(process.argv[2], 'nodes', 'shared', 'partners-services');
	const { openConnection } = require(join(nodes, 'connection.js'));
	const { getToken } = require(join(nodes, 'client.js'));
	const { identity, caCertificates, ports } = JSON.parse(await text(process.stdin));
	const ask = async (port, field) => {
		const baseUrl = `https://localhost:${port}/partners/services/api/`;
		const rest = { environment: 'custom', baseUrl, orgId: '1.2.3', clientId: 'client', clientSecret: 'secret' };
		const connection = openConnection({ ...rest, ...identity, caCertificates: field });
		try {
			await getToken(connection, { timeout: 10_000, maxAttempts: 1 });
			return 'trusted';
		} catch (error) {
			return error.code;
		}
	};
	const askAll = async (field) => {
		const entries = Object.entries(ports).map(async ([name, port]) => [name, await ask(port, field)]);
		return Object.fromEntries(await Promise.all(entries));
	};
	const filled = await askAll(caCertificates);
	console.log(JSON.stringify({ filled, empty: await askAll('') }));
	process.exit();
}

void main();
