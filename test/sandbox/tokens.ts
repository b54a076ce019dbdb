import { randomBytes } from 'node:crypto';
import type { SandboxSettings } from './types';

/** AWS credentials that the S3 front accepts. */
export interface AwsKey {
	accessKeyId: string;
	secretAccessKey: string;
	/** Unset for a long-lived key (`AKIA...`), with which pre-signed URLs are signed. */
	session?: {
		token: string;
		/** Epoch milliseconds. */
		expiresAt: number;
	};
	/** ARNs of the access points that the key may read; 'all' for the long-lived key. */
	grants: readonly string[] | 'all';
}

/** Answer of Get Token (Roche's API page). */
export interface TokenAnswer {
	awsCredentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: string };
	awsResources: string[];
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function accessKeyId(prefix: 'ASIA' | 'AKIA'): string {
	return prefix + Array.from(randomBytes(16), (byte) => BASE32[byte % 32]).join('');
}

/** Returns a secret key. Real ones sometimes contain `+` and `/`; these always do, to reveal clients that do not escape them. */
function secretAccessKey(): string {
	return `${randomBytes(27).toString('base64')}+/a0`;
}

/** Returns a session token like those of STS: a known prefix, then several hundred characters with `/`, `+` and `=`. */
function sessionToken(): string {
	return `FwoGZXIvYXdzE/+${randomBytes(385).toString('base64')}`;
}

/** Issues credentials and finds them by key id. Every call of `issue` creates new ones, as at Roche. */
export class TokenStore {
	private readonly keys = new Map<string, AwsKey>();

	/** Credentials that Get Token has returned so far. A search for leaked secrets needs them. */
	readonly issued: Array<TokenAnswer['awsCredentials']> = [];

	/** Signs pre-signed URLs, as Roche's own service would. */
	readonly signer: AwsKey = {
		accessKeyId: accessKeyId('AKIA'),
		secretAccessKey: secretAccessKey(),
		grants: 'all',
	};

	constructor(
		private readonly settings: SandboxSettings,
		private readonly accessPoint: string,
		/** Epoch milliseconds. */
		private readonly now: () => number,
	) {
		this.keys.set(this.signer.accessKeyId, this.signer);
	}

	issue(): TokenAnswer {
		const expiresAt = this.now() + this.settings.tokenLifetimeSeconds * 1000;
		const resources = this.settings.awsResources ?? [this.accessPoint];
		const session = { token: sessionToken(), expiresAt };
		const key: AwsKey = {
			accessKeyId: accessKeyId('ASIA'),
			secretAccessKey: secretAccessKey(),
			session,
			grants: resources,
		};
		this.keys.set(key.accessKeyId, key);
		const awsCredentials = {
			AccessKeyId: key.accessKeyId,
			SecretAccessKey: key.secretAccessKey,
			SessionToken: session.token,
			Expiration: new Date(expiresAt).toISOString(),
		};
		this.issued.push(awsCredentials);
		return { awsCredentials, awsResources: [...resources] };
	}

	find(id: string): AwsKey | undefined {
		return this.keys.get(id);
	}
}
