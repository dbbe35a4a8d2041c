/**
 * Shows the copy buttons if the browser can copy, and makes them work. The page is complete without the script.
 * The label is reset when the button loses focus, so that the next copy is visible too.
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
