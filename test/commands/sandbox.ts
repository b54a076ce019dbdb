import { parseArgs } from 'node:util';
import { connectSandbox, type SandboxClient } from '../sandbox/client';
import { startSandbox } from '../sandbox/start';
import type { FileCharset, NotifyResult, SandboxFile, SandboxInfo, SandboxOptions } from '../sandbox/types';

const HELP = `Runs Roche's side of the flow on this computer: Partners Services API, S3 access points, notifications.

npm run sandbox -- [options]
  --control-port N   port of the control API (default: any free port)
  --proxy-port N     port of the proxy (default: any free port)
  --proxy-offers W   the proxy lets nobody through and offers these ways to sign in, such as "Negotiate, NTLM"
  --speed N          redelivery clock: 1 = again after 30 minutes, 1800 = after a second
  --token-lifetime N lifetime of tokens in seconds (default 3600)
  --content-encoding E  store files packed: gzip, deflate, br, or several in a row ("gzip, aws-chunked")
  --charset C        store files in another character encoding: iso-8859-1, windows-1252 or utf-16
  --server-certificate WHAT
                     a server certificate that no client accepts: clientOnly, otherName, expired or notYetValid
  --json             print one JSON line with all that is needed, and nothing else

A notification in another form, to see what a webhook makes of it: POST /notifications of the control API takes
  "form": {"shape": "url" | "text" | "list" | "webhook", "charset": "bom" | "iso-8859-1" | "utf-16le",
           "compression": "gzip" | "deflate" | "br", "contentType": "..."}
beside "objectKey", "callbackUrl", "callbackAuth" and "presigned", each as wanted: MessageReference is the pre-signed URL
(with "presigned": true) or JSON in a text; the notification is in a list, or below "body" as n8n's Webhook node puts it.
The charset is not declared unless contentType says it.
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
		// For programs that start the sandbox: they close its standard input to end it, on purpose or by ending themselves.
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
	heading('Credential "Roche Partners Services API": paste each field');
	console.log(`Environment: Demo\nOrganization ID: ${credential.orgId}`);
	console.log(`Client ID: ${credential.clientId}\nClient Secret: ${credential.clientSecret}`);
	console.log(`Passphrase: (empty)`);
	console.log(`Client Certificate:\n${credential.clientCertificate}`);
	console.log(`Private Key (made for this run, good for nothing else):\n${credential.privateKey}`);
	console.log(`CA Certificates:\n${credential.caCertificates}`);
}

function printUse(info: SandboxInfo, list: Awaited<ReturnType<typeof examples>>) {
	heading('One notification per file, as Roche would post it (with the header x-operation-id)');
	for (const { file, sample } of list) {
		console.log(`${file.key}  ${file.size} bytes  sha256 ${file.sha256}`);
		console.log(JSON.stringify({ ...sample.notification, operationId: sample.operationId }, undefined, 2));
	}
	const json = `-H 'content-type: application/json' -d`;
	heading('Control API');
	console.log('# What was acknowledged, and what was asked for:');
	console.log(`curl ${info.controlUrl}/state`);
	console.log(`curl ${info.controlUrl}/requests`);
	console.log('# Another file; a notification, with the user and password of your webhook credential:');
	console.log(
		`curl ${info.controlUrl}/files ${json} '{"kind":"bundle","observations":500,"key":"delivery/clinical-data/mine.json"}'`,
	);
	console.log(
		`curl ${info.controlUrl}/notifications ${json} '{"objectKey":"${list[0]?.file.key ?? ''}","callbackUrl":"http://localhost:5678/webhook/PATH","callbackAuth":{"user":"USER","password":"PASSWORD"}}'`,
	);
	console.log('# The same compressed; other forms: npm run sandbox -- --help');
	console.log(
		`curl ${info.controlUrl}/notifications ${json} '{"objectKey":"${list[0]?.file.key ?? ''}","callbackUrl":"http://localhost:5678/webhook/PATH","form":{"compression":"gzip"}}'`,
	);
	console.log('# S3 fails four times, so that the node gives up; no faults any more:');
	console.log(
		`curl ${info.controlUrl}/faults ${json} '{"target":"s3","fault":{"kind":"status","status":503},"times":4}'`,
	);
	console.log(`curl -X DELETE ${info.controlUrl}/faults`);
	console.log(
		'# Roche refuses an acknowledgement in words of its own; any status and body can be tried, also for "token":',
	);
	console.log(
		`curl ${info.controlUrl}/faults ${json} '{"target":"ack","fault":{"kind":"status","status":400,"body":"{\\"detail\\":\\"The receipt handle has expired\\"}"}}'`,
	);
	console.log('# 30 minutes until a redelivery become 30 seconds; the address of an EMR for the step that hands on:');
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
