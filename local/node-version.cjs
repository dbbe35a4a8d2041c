// Plain JavaScript, so that a Node too old for the rest can still say so.
const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  console.error(`Finance MCP needs Node 24 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
