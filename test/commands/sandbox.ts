import { parseArgs } from 'node:util';
import { connectSandbox, type SandboxClient } from '../sandbox/client';
import { startSandbox } from '../sandbox/start';
import type { FileCharset, NotifyResult, SandboxFile, SandboxInfo, SandboxOptions } from '../sandbox/types';

const HELP = `Runs a stand-in for Roche on this computer: Partners Services API, S3 access points, notifications.

npm run sandbox -- [options]
  --control-port N   port of the control API (default: any free port)
  --proxy-port N     port of the proxy (default: any free port)
  --proxy-offers W   the proxy refuses every connection with 407 and offers these authentication methods,
                     such as "Negotiate, NTLM"
  --speed N          redelivery clock: 1 = redelivery after 30 minutes, 1800 = after a second
  --token-lifetime N lifetime of tokens in seconds (default 3600)
  --content-encoding E  store files compressed: gzip, deflate, br, or a combination ("gzip, aws-chunked")
  --charset C        store files in another character encoding: iso-8859-1, windows-1252 or utf-16
  --server-certificate WHAT
                     use a server certificate that no client accepts: clientOnly, otherName, expired or notYetValid
  --json             print only one JSON line with all data that a program needs

To test how a webhook handles notifications in other forms, add "form" to POST /notifications of the control API,
beside "objectKey", "callbackUrl", "callbackAuth" and "presigned":
  "form": {"shape": "url" | "text" | "list" | "webhook", "charset": "bom" | "iso-8859-1" | "utf-16le",
           "compression": "gzip" | "deflate" | "br", "contentType": "..."}
Every field of "form" is optional. Shapes: url = MessageReference is the pre-signed URL (requires "presigned": true),
text = MessageReference is JSON in a string, list = the notification is in a list, webhook = it is below "body", as in the
output of n8n's Webhook node. The Content-Type header names the charset only if contentType does.
`;

const CHARSETS: readonly FileCharset[] = ['iso-8859-1', 'windows-1252', 'utf-16'];

const { values } = parseArgs({
	options: {
		'control-port': { type: 'string' },
		'proxy-port': { type: 'string' },
		'proxy-offers': { type: 'string' },
		speed: { type: 'string' },
		'token-lifetime': { type: 'string' },
		'content-encoding': { type: 'string' },
		charset: { type: 'string' },
		'server-certificate': { type: 'string' },
		json: { type: 'boolean', default: false },
		// For programs that start the sandbox: it stops when its standard input closes, also if the program ends without stopping it.
		'exit-with-stdin': { type: 'boolean', default: false },
		options: { type: 'string', default: '{}' },
		help: { type: 'boolean', default: false },
	},
});

function positive(value: string | undefined, name: string): number | undefined {
	if (value === undefined) return undefined;
	const number = Number(value);
	if (!(number > 0)) throw new Error(`--${name} must be a number above 0`);
	return number;
}

function charset(value: string | undefined): FileCharset | undefined {
	const known = CHARSETS.find((name) => name === value?.toLowerCase());
	if (value !== undefined && known === undefined) throw new Error(`--charset must be one of ${CHARSETS.join(', ')}`);
	return known;
}

const BAD_SERVERS = ['clientOnly', 'otherName', 'expired', 'notYetValid'] as const;

function badServer(value: string | undefined): SandboxOptions['serverCertificate'] {
	const bad = BAD_SERVERS.find((name) => name === value);
	if (value !== undefined && !bad) throw new Error(`--server-certificate must be one of ${BAD_SERVERS.join(', ')}`);
	return bad;
}

function sandboxOptions(): SandboxOptions {
	const given: SandboxOptions = {
		controlPort: positive(values['control-port'], 'control-port'),
		proxyPort: positive(values['proxy-port'], 'proxy-port'),
		proxy: values['proxy-offers'] === undefined ? undefined : { status: 407, offers: values['proxy-offers'] },
		redeliverySpeed: positive(values.speed, 'speed'),
		tokenLifetimeSeconds: positive(values['token-lifetime'], 'token-lifetime'),
		contentEncoding: values['content-encoding'],
		charset: charset(values.charset),
		serverCertificate: badServer(values['server-certificate']),
	};
	const set = Object.entries(given).filter(([, value]) => value !== undefined);
	return { ...(JSON.parse(values.options) as SandboxOptions), ...(Object.fromEntries(set) as SandboxOptions) };
}

async function examples(client: SandboxClient): Promise<Array<{ file: SandboxFile; sample: NotifyResult }>> {
	const list = [];
	for (const observations of [500, 5_000, 12_000]) {
		const file = await client.addFile({ kind: 'bundle', observations });
		list.push({ file, sample: await client.notify({ objectKey: file.key }) });
	}
	const file = await client.addFile({ kind: 'cda' });
	list.push({ file, sample: await client.notify({ objectKey: file.key }) });
	return list;
}

const heading = (text: string) => {
	console.log(`\n=== ${text}`);
};

function printCredential({ credential }: SandboxInfo) {
	heading('Credential "Roche Partners Services API": paste these values into its fields');
	console.log(`Environment: Demo\nOrganization ID: ${credential.orgId}`);
	console.log(`Client ID: ${credential.clientId}\nClient Secret: ${credential.clientSecret}`);
	console.log(`Passphrase: (empty)`);
	console.log(`Client Certificate:\n${credential.clientCertificate}`);
	console.log(`Private Key (created for this run, works only here):\n${credential.privateKey}`);
	console.log(`CA Certificates:\n${credential.caCertificates}`);
}

function printUse(info: SandboxInfo, list: Awaited<ReturnType<typeof examples>>) {
	heading('One notification per file, as Roche posts it (operationId: the header x-operation-id)');
	for (const { file, sample } of list) {
		console.log(`${file.key}  ${file.size} bytes  sha256 ${file.sha256}`);
		console.log(JSON.stringify({ ...sample.notification, operationId: sample.operationId }, undefined, 2));
	}
	const json = `-H 'content-type: application/json' -d`;
	heading('Control API');
	console.log('# Files, messages and acknowledgements; the requests received so far:');
	console.log(`curl ${info.controlUrl}/state`);
	console.log(`curl ${info.controlUrl}/requests`);
	console.log('# Add a file; post a notification, with the user and password of your webhook credential:');
	console.log(
		`curl ${info.controlUrl}/files ${json} '{"kind":"bundle","observations":500,"key":"delivery/clinical-data/mine.json"}'`,
	);
	console.log(
		`curl ${info.controlUrl}/notifications ${json} '{"objectKey":"${list[0]?.file.key ?? ''}","callbackUrl":"http://localhost:5678/webhook/PATH","callbackAuth":{"user":"USER","password":"PASSWORD"}}'`,
	);
	console.log('# Post it compressed (for other forms see npm run sandbox -- --help):');
	console.log(
		`curl ${info.controlUrl}/notifications ${json} '{"objectKey":"${list[0]?.file.key ?? ''}","callbackUrl":"http://localhost:5678/webhook/PATH","form":{"compression":"gzip"}}'`,
	);
	console.log('# Make S3 fail four times, after which the node gives up; remove all faults:');
	console.log(
		`curl ${info.controlUrl}/faults ${json} '{"target":"s3","fault":{"kind":"status","status":503},"times":4}'`,
	);
	console.log(`curl -X DELETE ${info.controlUrl}/faults`);
	console.log('# Refuse an acknowledgement with any status and body (also possible for the target "token"):');
	console.log(
		`curl ${info.controlUrl}/faults ${json} '{"target":"ack","fault":{"kind":"status","status":400,"body":"{\\"detail\\":\\"The receipt handle has expired\\"}"}}'`,
	);
	console.log('# Redeliver after 30 seconds instead of 30 minutes; send a file to the stand-in for the EMR:');
	console.log(`curl ${info.controlUrl}/settings ${json} '{"redeliverySpeed":60}'`);
	console.log(`curl '${info.controlUrl}/emr?name=test' --data-binary @FILE`);
}

function printAll(info: SandboxInfo, list: Awaited<ReturnType<typeof examples>>) {
	printCredential(info);
	printUse(info, list);
	heading('Start n8n with these, in another terminal');
	console.log(`export HTTPS_PROXY=${info.proxyUrl}`);
	console.log(`export NO_PROXY=localhost,127.0.0.1`);
	console.log(`export NODE_EXTRA_CA_CERTS=${info.s3CaFile}`);
	console.log(`n8n start`);
	heading('Runs until Ctrl-C');
}

async function main() {
	if (values.help) {
		console.log(HELP);
		return;
	}
	const { info, close } = await startSandbox(sandboxOptions());
	let closing = false;
	const stop = () => {
		if (closing) return;
		closing = true;
		void close().then(() => process.exit(0));
	};
	process.once('SIGINT', stop).once('SIGTERM', stop);
	if (values['exit-with-stdin']) process.stdin.once('close', stop).once('end', stop).resume();
	if (values.json) console.log(JSON.stringify(info));
	else printAll(info, await examples(connectSandbox(info, close)));
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
});
