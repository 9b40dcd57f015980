<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sekishoTitle")}
  <#elseif section = "form">
    <div id="sekisho-problem" role="alert" tabindex="-1" data-code="${(sekishoProblem.code)!''}" <#if !sekishoProblem??>hidden</#if>>
      <p data-part="what"><strong>${(sekishoProblem.what)!''}</strong></p>
      <p data-part="why">${(sekishoProblem.why)!''}</p>
      <p data-part="action">${(sekishoProblem.action)!''}</p>
      <p data-part="contact">${(sekishoProblem.contact)!''}</p>
    </div>
    <noscript><p role="alert">${msg("sekishoNoScript")}</p></noscript>
    <p>${msg("sekishoHow")}</p>
    <form id="sekisho-form" action="${url.loginAction}" method="post" data-transaction="${sekishoTransaction}" data-at-once="${sekishoAtOnce?c}"
          data-unreachable="${msg('sekishoAgentUnreachable')}" data-unreachable-why="${msg('sekishoAgentUnreachableWhy')}"
          data-unreachable-action="${msg('sekishoAgentUnreachableAction')}" data-contact="${msg('sekishoContact', sekishoHelp)}">
      <input type="hidden" name="answer" id="sekisho-answer" value="">
      <button type="button" id="sekisho-button" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!} ${properties.kcButtonLargeClass!}">${msg("sekishoButton")}</button>
      <#-- Around the button: the theme's style of a button is stronger than its own hidden. -->
      <div id="sekisho-last" hidden>
        <button type="button" id="sekisho-last-try" class="${properties.kcButtonClass!} ${properties.kcButtonBlockClass!}">${msg("sekishoLastTry")}</button>
      </div>
      <p id="sekisho-progress" role="status" data-ask="${msg('sekishoStepPin')}" data-check="${msg('sekishoStepCheck')}"></p>
    </form>
    <script type="module" src="${url.resourcesPath}/js/sekisho-card-3.js"></script>
  </#if>
</@layout.registrationLayout>
