// The best possible case: a well-written script without n8n. Argument: a file with a PlainJob in JSON.
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import pLimit from 'p-limit';
import { EnvHttpProxyAgent, request } from 'undici';
import type { SandboxCredential } from '../sandbox/types';

export interface PlainJob {
	apiBaseUrl: string;
	credential: SandboxCredential;
	accessPoint: string;
	region: string;
	messages: Array<{ key: string; receiptHandle: string; operationId: string }>;
	concurrency: number;
	/** Folder for the fetched files. */
	folder: string;
}

interface Token {
	awsCredentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
}

async function main(): Promise<void> {
	const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as PlainJob;
	const { credential, messages } = job;
	const tls = { cert: credential.clientCertificate, key: credential.privateKey, passphrase: credential.passphrase };
	const connect = { ...tls, ca: credential.caCertificates };
	const api = new EnvHttpProxyAgent({ connect, requestTls: connect });
	const post = async (path: string, headers: Record<string, string>): Promise<string> => {
		const { orgId: org_id, clientId: client_id, clientSecret: client_secret } = credential;
		const own = { org_id, client_id, client_secret, 'x-origin-request-id': randomUUID(), ...headers };
		const answer = await request(new URL(path, job.apiBaseUrl), { method: 'POST', headers: own, dispatcher: api });
		const body = await answer.body.text();
		if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}`);
		return body;
	};
	const limit = pLimit(job.concurrency);
	const times = [performance.now()];

	const { awsCredentials } = JSON.parse(await post('v1/token', {})) as Token;
	times.push(performance.now());
	const s3 = new S3Client({
		region: job.region,
		credentials: {
			accessKeyId: awsCredentials.AccessKeyId,
			secretAccessKey: awsCredentials.SecretAccessKey,
			sessionToken: awsCredentials.SessionToken,
		},
		requestHandler: new UndiciHttpHandler({ dispatcher: new EnvHttpProxyAgent() }),
	});
	await limit.map(messages, async ({ key }, index) => {
		const { Body } = await s3.send(new GetObjectCommand({ Bucket: job.accessPoint, Key: key }));
		const hash = createHash('sha256');
		const body = Body as Readable;
		body.on('data', (chunk: Buffer) => hash.update(chunk));
		await pipeline(body, createWriteStream(join(job.folder, String(index))));
		hash.digest('hex');
	});
	times.push(performance.now());
	await limit.map(messages, async ({ receiptHandle, operationId }) => {
		await post('v1/notification/ack', { receiptHandle, 'x-operation-id': operationId });
	});
	times.push(performance.now());

	const [start = 0, token = 0, fetched = 0, end = 0] = times;
	const { user, system } = process.cpuUsage();
	const usage = { cpu: (user + system) / 1000, peak: process.resourceUsage().maxRSS * 1024 };
	console.log(JSON.stringify({ token: token - start, fetch: fetched - token, ack: end - fetched, ...usage }));
	process.exit(0);
}

void main();
