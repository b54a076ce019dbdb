import type { IExecuteFunctions } from 'n8n-workflow';
import { InvalidInputError } from '../shared/errors/invalid-input-error';

/**
 * Returns the user and password that Roche's sandbox must send to the callback.
 * @throws InvalidInputError if the credential has none: the sandbox supports nothing else (implementation guide)
 */
export async function callbackCredential(context: IExecuteFunctions): Promise<{ user: string; password: string }> {
	const { authentication, user, password } = await context.getCredentials('rocheNotificationWebhookApi');
	if (authentication === 'headerAuth') {
		throw new InvalidInputError(
			'Roche Notification Webhook API',
			"The credential uses a header, but Roche's sandbox can send only user and password",
			'Choose a credential with Basic Auth, also in the trigger.',
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
