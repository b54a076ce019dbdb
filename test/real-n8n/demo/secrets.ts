import { fetch } from '../../sandbox/fetch';
import { CALLER } from './workflows';
import type { SandboxClient } from '../../sandbox/process';
import { privateKeySecrets, type Secret } from '../secret-forms';
import { type SearchResult, searchForSecrets } from '../secret-search';

/** Credentials from one answer of Get Token, as recorded by the sandbox. */
interface IssuedCredentials {
	SecretAccessKey: string;
	SessionToken: string;
}

/** Returns all values that no file of n8n may contain in plain text. The sandbox must still be running. */
export async function secretsOf({ info }: SandboxClient): Promise<Secret[]> {
	const response = await fetch(`${info.controlUrl}/tokens`);
	if (!response.ok) throw new Error(`The sandbox did not return the tokens that it issued (${response.status}).`);
	const issued = (await response.json()) as IssuedCredentials[];
	if (issued.length === 0) throw new Error('The sandbox has issued no token, so there is nothing to search for.');
	return [
		{ name: 'client secret', value: info.credential.clientSecret },
		{ name: 'password of the webhook', value: CALLER.password },
		...privateKeySecrets('private key', info.credential.privateKey),
		...issued.flatMap(({ SecretAccessKey, SessionToken }, i) => [
			{ name: `AWS secret of token ${i + 1}`, value: SecretAccessKey },
			{ name: `session token of token ${i + 1}`, value: SessionToken },
		]),
	];
}

export interface SecretsVerdict {
	summary: string;
	problems: string[];
}

/**
 * Searches the files of a stopped n8n for secrets.
 *
 * @param present - values that must be found in the database; otherwise the search would not find a secret either
 */
export function searchWhatIsLeft(userFolder: string, secrets: Secret[], present: string[]): SecretsVerdict {
	const result = searchForSecrets(userFolder, secrets);
	const control = searchForSecrets(
		userFolder,
		present.map((value) => ({ name: value, value })),
	);
	const problems = [
		...unique(result.findings.map(({ secret, where }) => `Secret found in ${where}: ${secret}.`)),
		...present
			.filter((value) => !foundIn(control, value, '.sqlite'))
			.map((value) => `The search does not work: it did not find "${value}", which must be in n8n's database.`),
		...['.sqlite', 'n8n.log']
			.filter((kind) => !result.places.some((place) => place.endsWith(kind)))
			.map((kind) => `No ${kind} file was searched.`),
	];
	const size = `${(result.bytes / 1e6).toFixed(1)} MB in ${result.places.length} places`;
	const found = new Set(result.findings.map(({ secret }) => secret)).size;
	return { summary: `searched ${size} for ${secrets.length} secrets: ${found} found`, problems };
}

function foundIn({ findings }: SearchResult, secret: string, place: string): boolean {
	return findings.some((finding) => finding.secret === secret && finding.where.includes(place));
}

function unique(texts: string[]): string[] {
	return [...new Set(texts)];
}
