import type { INodeProperties } from 'n8n-workflow';
import type { CallOptions } from '../partners-services/client';
import { AdaptivePace, fixedPace, type Pace } from '../wire/pace';
import { optionalText, wholeNumber } from './parameters';

const DEFAULT_TIMEOUT_MS = 30_000;
/** A day, in ms. A timer of more than 2^31 ms would fire immediately. */
const LONGEST_TIMEOUT_MS = 86_400_000;
const DEFAULT_MAX_ATTEMPTS = 4;
/** The value that the editor shows when the option is added. */
const SHOWN_CONCURRENCY = 10;

/** The options of nodes that send requests, by their parameter names. */
export interface RequestOptions {
	timeout?: unknown;
	maxAttempts?: unknown;
}

/** The options of the nodes that call the Partners Services API. */
export interface ApiOptions extends RequestOptions {
	orgId?: unknown;
	originRequestId?: unknown;
}

export const ORG_ID: INodeProperties = {
	displayName: 'Organization ID',
	name: 'orgId',
	type: 'string',
	default: '',
	placeholder: 'e.g. 3.16.724.4.41',
	description: 'OID of the organization to act for, instead of the one in the credential',
};

export const ORIGIN_REQUEST_ID: INodeProperties = {
	displayName: 'Origin Request ID',
	name: 'originRequestId',
	type: 'string',
	default: '',
	placeholder: 'e.g. 2f1c0c1e-8c1b-4c6e-9d5e-0a4f6b7c8d9e',
	description: 'UUID that identifies the request; by default each request has a new one',
};

export const TIMEOUT: INodeProperties = {
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: LONGEST_TIMEOUT_MS },
	default: DEFAULT_TIMEOUT_MS,
	description: 'How long an attempt waits for an answer, in milliseconds',
};

export const MAX_ATTEMPTS: INodeProperties = {
	displayName: 'Max Attempts',
	name: 'maxAttempts',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: DEFAULT_MAX_ATTEMPTS,
	description: 'How many times to send a request before the item fails; only temporary failures are retried',
};

export const CONCURRENCY: INodeProperties = {
	displayName: 'Concurrency',
	name: 'concurrency',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: SHOWN_CONCURRENCY,
	description:
		'How many items are processed at once. Without this option it starts with 10 and adapts: up to 50 while the answers stay quick, fewer when the server slows down.',
};

/**
 * Returns how many requests may be under way at once: the number of the option or, if it is empty, as many as the server can take.
 * @throws InvalidInputError when the option is not a whole number from 1
 */
export function paceOf(concurrency: unknown): Pace {
	if (concurrency === undefined || concurrency === '') return new AdaptivePace();
	return fixedPace(wholeNumber(CONCURRENCY.displayName, concurrency, SHOWN_CONCURRENCY, 1));
}

/**
 * Returns the time limit, in ms, and the number of attempts from the options.
 * @throws InvalidInputError when one is not a whole number from 1, or the time is more than a day
 */
export function requestLimits({ timeout, maxAttempts }: RequestOptions, signal: AbortSignal | undefined) {
	return {
		timeout: wholeNumber(TIMEOUT.displayName, timeout, DEFAULT_TIMEOUT_MS, 1, LONGEST_TIMEOUT_MS),
		maxAttempts: wholeNumber(MAX_ATTEMPTS.displayName, maxAttempts, DEFAULT_MAX_ATTEMPTS, 1),
		signal,
	};
}

/**
 * Returns the settings of one call of the Partners Services API.
 * @throws as `requestLimits`
 */
export function callOptions(options: ApiOptions, signal: AbortSignal | undefined): CallOptions {
	return {
		...requestLimits(options, signal),
		orgId: optionalText(options.orgId),
		originRequestId: optionalText(options.originRequestId),
	};
}
