import { InvalidInputError } from '../errors/invalid-input-error';
import { ServiceError } from '../errors/service-error';
import type { AccessToken } from '../partners-services/access-token';
import { type AccessPointArn, isSameAccessPoint, parseAccessPointArn } from './access-point-arn';
import { withKeyAdvice } from './encoded-key';
import { EXPIRED_TOKEN, UNKNOWN_TOKENS } from './failures';
import type { FileSource, ObjectSource } from './notification';
import { type OpenedFile, openInAccessPoint, openPresigned } from './open-file';

/** Where the AWS credentials for access points come from. */
export interface TokenSource {
	current(): Promise<AccessToken>;
	/** A fresh token in place of one that S3 says has expired. */
	renew(refused: AccessToken): Promise<AccessToken>;
	/**
	 * A fresh token in place of one that does not grant what it should, or that S3 does not know though its time is not over. Undefined where
	 * one was got for such a reason a moment ago: it is no better.
	 */
	renewDoubtful(doubtful: AccessToken): Promise<AccessToken | undefined>;
}

export interface AttemptOptions {
	source: FileSource;
	tokens: TokenSource;
	/** Read only access points that the token names. */
	restrictToGranted: boolean;
	/** Time without a byte, in ms. */
	timeout: number;
}

/** Asks for a file; the signal ends the request and the body. */
export type Opening = (signal: AbortSignal) => Promise<OpenedFile>;
/** One attempt to read a file. */
export type Attempt<T> = (read: (open: Opening) => Promise<T>) => Promise<T>;

/**
 * How a file is asked for, by the kind of its source. Where a token is needed it is got now, and replaced once for each reason that a fresh
 * one may be the answer to.
 * @throws InvalidInputError when no token grants the access point; what getting a token throws
 */
export async function attemptsAt<T>(options: AttemptOptions): Promise<Attempt<T>> {
	const { source, timeout } = options;
	if (source.kind === 'presignedUrl') {
		return (read) => read((signal) => openPresigned(source.presigned, { timeout, signal }));
	}
	return await withToken(source, options);
}

async function withToken<T>(source: ObjectSource, options: AttemptOptions): Promise<Attempt<T>> {
	const { tokens, timeout, restrictToGranted } = options;
	let token = await tokens.current();
	const replaced = new Set<'expired' | 'doubtful'>();
	if (restrictToGranted && !isGranted(source.accessPoint, token)) {
		replaced.add('doubtful');
		token = (await tokens.renewDoubtful(token)) ?? token;
		checkGranted(source.accessPoint, token);
	}
	/** Undefined where no other token is to be had, or would be no answer to the failure. */
	const replacement = async (error: unknown): Promise<AccessToken | undefined> => {
		const reason = reasonToReplace(error);
		if (reason === undefined || replaced.has(reason)) return undefined;
		replaced.add(reason);
		return reason === 'expired' ? await tokens.renew(token) : await tokens.renewDoubtful(token);
	};
	const attempt: Attempt<T> = async (read) => {
		try {
			return await read((signal) => openInAccessPoint(source, token, { timeout, signal }));
		} catch (error) {
			const other = await replacement(error);
			if (other === undefined) throw withKeyAdvice(error, source.key);
			token = other;
			return await attempt(read);
		}
	};
	return attempt;
}

function reasonToReplace(error: unknown): 'expired' | 'doubtful' | undefined {
	if (!(error instanceof ServiceError)) return undefined;
	if (error.code === EXPIRED_TOKEN) return 'expired';
	return UNKNOWN_TOKENS.includes(error.code) ? 'doubtful' : undefined;
}

function isGranted(accessPoint: AccessPointArn, { awsResources }: AccessToken): boolean {
	return awsResources.some((arn) => {
		try {
			return isSameAccessPoint(parseAccessPointArn(arn), accessPoint);
		} catch {
			// Roche's list may name what cannot be read, as its own sample does; it matches nothing.
			return false;
		}
	});
}

function checkGranted(accessPoint: AccessPointArn, token: AccessToken): void {
	if (isGranted(accessPoint, token)) return;
	throw new InvalidInputError(
		'Access Point',
		`Access Point is not one of the ${token.awsResources.length} that the token grants (awsResources)`,
		'Check the notification and the organization of the credential. To read it anyway, switch off the option "Restrict to Granted Access Points".',
	);
}
