import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN_FOLDER, nodeBinary, ROOT } from '../real-n8n/paths';
import { sandboxEnvironment } from '../real-n8n/environment';
import { runProcess } from '../real-n8n/processes';
import type { Workbench } from '../real-n8n/workbench';
import type { SandboxClient } from '../sandbox/client';
import type { NotifyResult } from '../sandbox/types';
import type { PlainJob } from './plain-script';

/** The credentials used by the contenders' nodes. */
export interface Credentials {
	roche: { id: string; name: string };
	/** For n8n's HTTP Request: certificate and key. */
	ssl: { id: string; name: string };
}

export async function saveCredentials({ rest, sandbox }: Pick<Workbench, 'rest' | 'sandbox'>): Promise<Credentials> {
	const { credential } = sandbox.info;
	const { clientCertificate: cert, privateKey: key, passphrase, caCertificates: ca } = credential;
	return {
		roche: await rest.createCredential('Roche', 'rochePartnersServicesApi', credential),
		ssl: await rest.createCredential('Certificate', 'httpSslAuth', { cert, key, passphrase, ca }),
	};
}

let files = 0;

/** Puts the file that all messages of a measurement refer to into S3. @param kb size in KB (1,024 bytes) @returns its key */
export async function addFile(sandbox: SandboxClient, kb = 4): Promise<string> {
	files += 1;
	const key = `delivery/bench/${files}.bin`;
	await sandbox.addFile({ kind: 'bytes', key, size: kb * 1024 });
	return key;
}

/** Creates `count` notifications of a file, without posting them. */
export async function announceMany(sandbox: SandboxClient, key: string, count: number): Promise<NotifyResult[]> {
	const made: NotifyResult[] = [];
	for (let i = 0; i < count; i += 1) made.push(await sandbox.notify({ objectKey: key, presigned: true }));
	return made;
}

/** Times (ms) and peak memory (bytes) of the plain script. */
export type PlainResult = Record<'token' | 'fetch' | 'ack' | 'cpu' | 'peak', number>;

export async function runPlainScript(
	sandbox: SandboxClient,
	sent: NotifyResult[],
	key: string,
	concurrency: number,
): Promise<PlainResult> {
	const folder = await mkdtemp(join(tmpdir(), 'roche-bench-'));
	try {
		const { info } = sandbox;
		const job: PlainJob = {
			apiBaseUrl: info.apiBaseUrl,
			credential: info.credential,
			accessPoint: info.accessPoint,
			region: info.accessPoint.split(':')[3] ?? '',
			messages: sent.map(({ notification, operationId }) => {
				return { key, receiptHandle: notification.MessageReceiptHandle, operationId };
			}),
			concurrency,
			folder,
		};
		const file = join(folder, 'job.json');
		await writeFile(file, JSON.stringify(job));
		const script = join(ROOT, 'test', 'bench', 'plain-script.ts');
		const env = { PATH: `${BIN_FOLDER}:${process.env.PATH ?? ''}`, HOME: folder, ...sandboxEnvironment(info) };
		const tsx = ['--import', require.resolve('tsx')];
		const { code, output } = await runProcess(nodeBinary(), [...tsx, script, file], { cwd: ROOT, env });
		if (code !== 0) throw new Error(`The plain script failed:\n${output}`);
		return JSON.parse(output.trim().split('\n').at(-1) ?? '') as PlainResult;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
