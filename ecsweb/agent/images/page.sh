short=$(printf %.8s "$task")
cat <<PAGE
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$family:$revision · $short</title>
<style>
:root { --hue: $hue; color-scheme: light dark }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  font: 1.05rem/1.5 system-ui, sans-serif; background: hsl(var(--hue) 55% 92%); color: hsl(var(--hue) 60% 12%) }
main { width: min(36rem, 100%); padding: 2.25rem; border-radius: 1.25rem; background: hsl(var(--hue) 45% 98%);
  border-top: .6rem solid hsl(var(--hue) 60% 42%); box-shadow: 0 1rem 3rem hsl(var(--hue) 40% 40% / .25) }
h1 { margin: 0; font-size: clamp(1.7rem, 6vw, 2.6rem); line-height: 1.15; overflow-wrap: anywhere }
h1 b { color: hsl(var(--hue) 65% 34%) }
p { margin: .35rem 0 1.5rem; opacity: .8 }
dl { display: grid; grid-template-columns: auto 1fr; gap: .5rem 1.25rem; margin: 0 }
dt { opacity: .7 }
dd { margin: 0; font-family: ui-monospace, monospace; font-size: .95em; overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) {
  body { background: hsl(var(--hue) 40% 10%); color: hsl(var(--hue) 40% 92%) }
  main { background: hsl(var(--hue) 30% 16%); box-shadow: none }
  h1 b { color: hsl(var(--hue) 70% 70%) }
}
</style>
<main>
<h1>$family<b>:$revision</b></h1>
<p>This answer came from task $short.<br><span lang="ko">이 응답을 보낸 task입니다.</span></p>
<dl>
<dt>task</dt><dd>$task</dd>
<dt>container</dt><dd>$container</dd>
<dt>container instance</dt><dd>$instance</dd>
<dt>task definition</dt><dd>$family:$revision</dd>
</dl>
</main>
</html>
PAGE
