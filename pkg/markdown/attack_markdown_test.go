package markdown_test

const markdownAttacks = `
[x](javascript:alert(1))
%%
[x](JAVASCRIPT:alert(1) "title")
%%
[x](<javascript:alert(1)>)
%%
[x](<java
script:alert(1)>)
%%
[x](&#x6A;avascript:alert(1))
%%
[x](javascript&colon;alert(1))
%%
[x](java\script:alert(1))
%%
[x]({TAB}javascript:alert(1))
%%
[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
%%
[x](https://a.example/"onmouseover="alert(1))
%%
[x](https://a.example/ "title\" onmouseover=\"alert(1)")
%%
[x](https://a.example/ '"><script>alert(1)</script>')
%%
[<script>alert(1)</script>](https://a.example/)
%%
[a](//evil.example) [b](/path) [c](x.md) [d](?x) [e](#nowhere)
%%
![x](javascript:alert(1))
%%
![" onerror="alert(1)](https://a.example/x)
%%
![x](https://a.example/x"onerror="alert(1))
%%
![x](data:image/png;base64,iVBORw0KGgo=) ![x](http://a.example/x) ![x](x.png)
%%
![![x](javascript:alert(1))](https://a.example/x)
%%
[![x](https://a.example/x)](javascript:alert(1))
%%
[x]: javascript:alert(1) "title"

[x] [y][x] ![z][x]
%%
[x]: <data:text/html,<script>alert(1)</script>>

[x]
%%
<javascript:alert(1)> <JaVaScript:alert(1)> <data:text/html,x> <vbscript:x> <ftp://a.example/>
%%
<https://a.example/"onmouseover="alert(1)> <a@b.example"onclick=alert(1)>
%%
https://a.example/"onmouseover="alert(1) www.a.example/<script>alert(1)</script> javascript:alert(1)//www.a.example
%%
{TICK}<script>alert(1)</script>{TICK}
%%
{TICK}{TICK}{TICK}html"><script>alert(1)</script>
<script>alert(1)</script>
{TICK}{TICK}{TICK}
%%
{TICK}{TICK}{TICK}js onclick=alert(1) {#id .class style=x}
</code></pre><script>alert(1)</script>
{TICK}{TICK}{TICK}
%%
    </code></pre><script>alert(1)</script>
%%
# <script>alert(1)</script> {#main onclick=alert(1)}
%%
# " onclick="alert(1)

## <img src=x onerror=alert(1)>
%%
| <script>alert(1)</script> | " onclick="alert(1) |
| :---: | --- |
| <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |
%%
- [x" onclick="alert(1)] x
- [ ] <input type=checkbox onclick=alert(1)>
%%
<div>

**<script>alert(1)</script>**

</div><script>
alert(1)
</script>
%%
<p><!-- *x* --><a href="javascript:alert(1)">**x**</a>
%%
\<script>alert(1)\</script> &lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;script>
%%
x{RTL}gpj.exe {NUL}{FF}{VT}{1} <{NUL}script>
`

const structureAttacks = `
</div></main></body></html><h1>Sign in again</h1>
%%
</pre></code></table></td></ul></details></summary><p>outside
%%
<div><div><table><tr><td><div>
%%
<table><div><table></table></div></table></div><p>outside</p>
%%
<table><tr><td></div></td></tr></table></div>outside
%%
<b><i><u><a href=https://a.example/>never closed

paragraph

- list
%%
<p><b><p></b></p><a href=https://a.example/><p><a href=https://b.example/>x</a></p></a>
%%
<ul><p>x</p><b><li>x</li></b>x<ol>x</ol></ul><li>x</li>
%%
<h1><h2><b><h3>x</h3></b></h2></h1><h6>x</h6><h2></h2><h2><img src=http://a.example/></h2>
%%
<table><caption>x</caption><colgroup><col span=1000></colgroup><tr><th></th><th colspan=99999 rowspan=0>x</th></table>
%%
<details><details><summary></summary><summary>x</summary><h1>x</h1></details># x
%%
<p id=main name=body class="header nav" title=x role=alert aria-hidden=true lang=x dir=rtl hidden inert slot=x accesskey=s data-x=1>x</p>
%%
<a name=body><a id=forms><form id=x name=cookie></form><img name=getElementById src=https://a.example/x id=document>
%%
# main

## __proto__

### constructor

# main
%%
<span class="k">x</span><code class="language-go k">x</code><code class="language-x onclick">x</code><div class=table tabindex=5>x</div><pre class=chroma>x</pre>
%%
<pre><code class="language-yaml">a: <b onclick=alert(1)>"<script>alert(1)</script>"</b></code><code class="language-x">x</code></pre><code class=language-go>x</code>
%%
<pre>

first lines are empty</pre>
%%
<pre><table><tr><td>x</pre>
%%
<center><font color=red size=7>x</font></center><nobr><big>x</big></nobr><tt>x</tt><acronym>x</acronym><dl><dt>x<dd>x</dl>
%%
<sub><sup><small><mark><kbd>x
%%
<img src=https://a.example/x width=100000 height="1;background:red" align=left style=x class=x border=0>
%%
<img src=https://a.example/x alt="  "><a href=https://a.example/><img src=https://a.example/x></a><a href=mailto:x@a.example><img src=https://a.example/x></a>
`
