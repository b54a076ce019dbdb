import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

/**
 * Roche Notification Webhook API: what Roche must send when it posts a notification to Roche Notification Trigger. The hospital chooses the
 * values and gives them to Roche. Roche's sandbox accepts a user and a password for the callback (implementation guide).
 */
// It describes who may call, so a test has nothing to call.
// eslint-disable-next-line @n8n/community-nodes/credential-test-required
export class RocheNotificationWebhookApi implements ICredentialType {
	name = 'rocheNotificationWebhookApi';

	displayName = 'Roche Notification Webhook API';

	icon: Icon = {
		light: 'file:../nodes/icons/partners-services.svg',
		dark: 'file:../nodes/icons/partners-services.dark.svg',
	};

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-roche-partners-services#nodes';

	properties: INodeProperties[] = [
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{ name: 'Basic Auth', value: 'basicAuth' },
				{ name: 'Header', value: 'headerAuth' },
			],
			default: 'basicAuth',
			description: 'How Roche authenticates',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			description: 'Choose a name without a colon, and give it to Roche. Spaces around it are ignored.',
			displayOptions: { show: { authentication: ['basicAuth'] } },
			required: true,
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Choose a long random password, and give it to Roche',
			displayOptions: { show: { authentication: ['basicAuth'] } },
			required: true,
		},
		{
			displayName: 'Header Name',
			name: 'headerName',
			type: 'string',
			default: '',
			placeholder: 'X-Webhook-Key',
			description: 'Name of the header that Roche sends',
			displayOptions: { show: { authentication: ['headerAuth'] } },
			required: true,
		},
		// The header is a secret like a password.
		// eslint-disable-next-line @n8n/community-nodes/credential-unnecessary-password
		{
			displayName: 'Header Value',
			name: 'headerValue',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Value of that header: choose a long random value, and give it to Roche',
			displayOptions: { show: { authentication: ['headerAuth'] } },
			required: true,
		},
	];
}
