// A client of Roche's services for the sandbox's own tests: undici and the AWS SDK through the proxy, without any code of the package.
import { S3Client } from '@aws-sdk/client-s3';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { randomUUID } from 'node:crypto';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import type { TokenAnswer } from './tokens';
import type { ClientIdentity, SandboxInfo } from './types';

export type AwsCredentials = TokenAnswer['awsCredentials'];

export interface ApiCall {
	path?: string;
	method?: Dispatcher.HttpMethod;
	baseUrl?: string;
	/** null: no client certificate. */
	identity?: ClientIdentity | null;
	/** Replaces headers; undefined omits one. */
	headers?: Record<string, string | undefined>;
	body?: string;
	/** PEM; null: only the public CAs. */
	ca?: string | null;
	/** Milliseconds until the answer's headers. */
	timeout?: number;
	/** Milliseconds without a byte of the answer's body. */
	bodyTimeout?: number;
}

export interface ApiAnswer {
	status: number;
	headers: Record<string, string | string[] | undefined>;
	text: string;
}

/** Calls the Partners Services API with all documented headers. Rejects with undici's error if there is no answer. */
export async function callApi(info: SandboxInfo, call: ApiCall = {}): Promise<ApiAnswer> {
	const { orgId, clientId, clientSecret, caCertificates } = info.credential;
	const identity = call.identity === undefined ? info.credential : call.identity;
	const tls = {
		...(identity
			? { cert: identity.clientCertificate, key: identity.privateKey, passphrase: identity.passphrase }
			: {}),
		...(call.ca === null ? {} : { ca: call.ca ?? caCertificates }),
	};
	const dispatcher = proxied(info, tls);
	const headers: Record<string, string | undefined> = {
		org_id: orgId,
		'x-origin-request-id': randomUUID(),
		client_id: clientId,
		client_secret: clientSecret,
		'Content-Type': 'application/json',
		...call.headers,
	};
	const set = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
	try {
		const answer = await request(`${call.baseUrl ?? info.apiBaseUrl}${call.path ?? 'v1/token'}`, {
			method: call.method ?? 'POST',
			headers: Object.fromEntries(set),
			body: call.body,
			dispatcher,
			headersTimeout: call.timeout ?? 10_000,
			bodyTimeout: call.bodyTimeout ?? 10_000,
		});
		return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
	} finally {
		await dispatcher.destroy();
	}
}

function proxied(info: SandboxInfo, tls: object) {
	return new EnvHttpProxyAgent({ httpsProxy: info.proxyUrl, noProxy: 'localhost', connect: tls, requestTls: tls });
}

/** Calls Notification ACK. */
export async function acknowledge(info: SandboxInfo, receiptHandle: string, call: ApiCall = {}): Promise<ApiAnswer> {
	return await callApi(info, { ...call, path: 'v1/notification/ack', headers: { receiptHandle, ...call.headers } });
}

/** Returns credentials from Get Token. */
export async function getToken(info: SandboxInfo): Promise<AwsCredentials> {
	return (JSON.parse((await callApi(info)).text) as TokenAnswer).awsCredentials;
}

/** Returns a dispatcher that trusts the S3 hosts' CA and uses the proxy. */
export function s3Dispatcher(info: SandboxInfo): Dispatcher {
	return proxied(info, { ca: info.s3Ca });
}

/** Returns a client of the real SDK, configured for Roche's access points. */
export function s3Client(info: SandboxInfo, token: AwsCredentials, region = 'us-east-1'): S3Client {
	return new S3Client({
		region,
		useArnRegion: true,
		maxAttempts: 1,
		requestHandler: new UndiciHttpHandler({ dispatcher: s3Dispatcher(info) }),
		credentials: {
			accessKeyId: token.AccessKeyId,
			secretAccessKey: token.SecretAccessKey,
			sessionToken: token.SessionToken,
		},
	});
}
