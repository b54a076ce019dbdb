import type { IExecuteFunctions } from 'n8n-workflow';
import { InvalidInputError } from '../errors/invalid-input-error';

/**
 * Returns the user and password that Roche's sandbox must send to the callback.
 * @throws InvalidInputError if the credential has none: the sandbox supports nothing else (implementation guide)
 */
export async function callbackCredential(context: IExecuteFunctions): Promise<{ user: string; password: string }> {
	const { authentication, user, password } = await context.getCredentials('rocheNotificationWebhookApi');
	if (authentication === 'headerAuth') {
		throw new InvalidInputError(
			'Roche Notification Webhook API',
			"The credential has a header, and Roche's sandbox can show user and password only",
			'Take a credential with Basic Auth, in the trigger, too.',
		);
	}
	if (typeof user === 'string' && user !== '' && typeof password === 'string' && password !== '') {
		return { user, password };
	}
	throw new InvalidInputError(
		'Roche Notification Webhook API',
		'User or Password is empty in the credential',
		'Enter both, the same as in the trigger.',
	);
}
