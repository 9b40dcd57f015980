<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sekishoPasskeyTitle")}
  <#elseif section = "form">
    <div id="sekisho-problem" role="alert" tabindex="-1" data-code="${(sekishoProblem.code)!''}">
      <p data-part="what"><strong>${(sekishoProblem.what)!''}</strong></p>
      <p data-part="why">${(sekishoProblem.why)!''}</p>
      <p data-part="action">${(sekishoProblem.action)!''}</p>
      <p data-part="contact">${(sekishoProblem.contact)!''}</p>
    </div>
    <a id="sekisho-button" href="${sekishoPage}" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!} ${properties.kcButtonLargeClass!}">${msg("sekishoPasskeyButton")}</a>
  </#if>
</@layout.registrationLayout>
