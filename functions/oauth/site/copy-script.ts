/**
 * Shows the copy buttons where the browser can copy, and makes them work. The page says everything without it.
 * The label goes back when one goes on, so that one sees it when one copies again.
 */
export const copyScript = `
for (const button of navigator.clipboard ? document.querySelectorAll('button') : []) {
  const [label] = button.children;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const text = button.parentElement.querySelector('code').textContent;
    label.textContent = await navigator.clipboard.writeText(text).then(() => 'Copied', () => 'Not copied');
  });
  button.addEventListener('blur', () => { label.textContent = 'Copy'; });
}
`;
