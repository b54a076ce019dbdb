import { InvalidInputError } from '../errors/invalid-input-error';
import { ServiceError } from '../errors/service-error';
import type { Token } from '../partners-services/token';
import { type AccessPointArn, isSameAccessPoint, parseAccessPointArn } from './access-point-arn';
import { withKeyAdvice } from './encoded-key';
import { EXPIRED_TOKEN, UNKNOWN_TOKENS } from '../failures/s3';
import type { FileSource, ObjectSource } from './file-source';
import { type OpenedFile, openInAccessPoint, openPresigned } from './open-file';

/** Where the AWS credentials for access points come from. */
export interface TokenSource {
	current(): Promise<Token>;
	/** Returns a fresh token instead of one that S3 reports as expired. */
	replaceExpired(refused: Token): Promise<Token>;
	/**
	 * Returns a fresh token instead of one that does not grant what it should, or that S3 does not know although it has not expired. Returns
	 * undefined if a token was requested for such a reason a moment ago: that one is no better.
	 */
	replaceDoubtful(doubtful: Token): Promise<Token | undefined>;
}

export interface AttemptOptions {
	source: FileSource;
	tokens: TokenSource;
	/** Read only access points that the token names. */
	restrictToGranted: boolean;
	/** Time without a byte, in ms. */
	timeout: number;
}

/** Requests a file; the signal ends the request and the body. */
export type Opening = (signal: AbortSignal) => Promise<OpenedFile>;
/** One attempt to read a file. */
export type Attempt<T> = (read: (open: Opening) => Promise<T>) => Promise<T>;

/**
 * Returns how a file is requested, depending on the kind of its source. If a token is needed, it is requested now, and replaced once for
 * each reason for which a fresh one may help.
 * @throws InvalidInputError if no token grants the access point; errors of requesting the token
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
		token = (await tokens.replaceDoubtful(token)) ?? token;
		checkGranted(source.accessPoint, token);
	}
	/** Returns undefined if no other token is available, or if another one would not help. */
	const replacement = async (error: unknown): Promise<Token | undefined> => {
		const reason = reasonToReplace(error);
		if (reason === undefined || replaced.has(reason)) return undefined;
		replaced.add(reason);
		return reason === 'expired' ? await tokens.replaceExpired(token) : await tokens.replaceDoubtful(token);
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

function isGranted(accessPoint: AccessPointArn, { awsResources }: Token): boolean {
	return awsResources.some((arn) => {
		try {
			return isSameAccessPoint(parseAccessPointArn(arn), accessPoint);
		} catch {
			// Roche's list may contain ARNs that cannot be read, as its own sample does; they match nothing.
			return false;
		}
	});
}

function checkGranted(accessPoint: AccessPointArn, token: Token): void {
	if (isGranted(accessPoint, token)) return;
	throw new InvalidInputError(
		'Access Point',
		`Access Point is not one of the ${token.awsResources.length} that the token grants (awsResources)`,
		'Check the notification and the organization of the credential. To read it anyway, switch off the option "Restrict to Granted Access Points".',
	);
}
