/** What `cdk` runs. */

import { createApp } from './app.ts';
import { SettingError } from './settings.ts';

try {
  createApp().app.synth();
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
