"""Packages that use everything their version has, and break no rule."""

from collections.abc import Mapping

from tests.packages import scorm12_manifest

Files = dict[str, bytes | str]

_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_LOM = '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string language="en">Knots</string></title></general></lom>'


def _resources(kind: str) -> str:
    return f"""<resources xml:base="content/">
<resource identifier="r1" type="webcontent" adlcp:{kind}="sco" href="one.html?a=1"><metadata>{_LOM}</metadata>
 <file href="one.html"/><dependency identifierref="shared"/></resource>
<resource identifier="r2" type="webcontent" adlcp:{kind}="asset" href="two.html"><file href="two.html"/></resource>
<resource identifier="shared" type="webcontent" adlcp:{kind}="asset"><file href="shared/style.css"/></resource>
</resources>"""


_FILES: Files = {
    "content/one.html": "x",
    "content/two.html": "x",
    "content/shared/style.css": "x",
    "meta.xml": _LOM,
    "imscp_v1p1.xsd": "x",
}

_SCORM_12 = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="knots" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" {_XSI}
 xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_v1p1.xsd">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion><adlcp:location>meta.xml</adlcp:location></metadata>
<organizations default="org"><organization identifier="org" structure="hierarchical"><title>Knots</title>
<item identifier="part" isvisible="1"><title>Part</title>
 <item identifier="a.b-c_1" identifierref="r1" isvisible="true" parameters="?lang=en&amp;x=%20#top"><title>One</title>
  <adlcp:maxtimeallowed>0001:30:00</adlcp:maxtimeallowed><adlcp:timelimitaction>exit,no message</adlcp:timelimitaction>
  <adlcp:datafromlms>data</adlcp:datafromlms><adlcp:masteryscore>80</adlcp:masteryscore></item>
 <item identifier="two" identifierref="r2"><title>Two</title>
  <adlcp:prerequisites type="aicc_script">a.b-c_1="passed" &amp; ~(1*{{a.b-c_1=f, part}})</adlcp:prerequisites></item>
</item></organization></organizations>
{_resources("scormtype")}
</manifest>"""


def _scorm_2004(version: str, extra: str, sequencing: str, attributes: str = "") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="knots" version="1.0" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"
 xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss" {_XSI}
 xsi:schemaLocation="http://www.imsglobal.org/xsd/imscp_v1p1 imscp_v1p1.xsd http://example.com/x https://example.com/x.xsd">
<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion>{_LOM}</metadata>
<organizations default="org">
<organization identifier="org" adlseq:objectivesGlobalToSystem="false" {attributes}><title>Knots</title>
<item identifier="part"><title>Part</title>
 <item identifier="one" identifierref="r1" parameters="#top"><title>One</title>
  <metadata><adlcp:location>meta.xml</adlcp:location></metadata>
  <adlcp:timeLimitAction>continue,message</adlcp:timeLimitAction><adlcp:dataFromLMS>data</adlcp:dataFromLMS>{extra}
  <imsss:sequencing IDRef="shared-sequencing">{sequencing}</imsss:sequencing>
  <adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI>
   <adlnav:hideLMSUI>exitAll</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation></item>
 <item identifier="two" identifierref="r2" isvisible="false"><title>Two</title></item>
 <imsss:sequencing>
  <imsss:controlMode choice="true" choiceExit="false" flow="true" forwardOnly="true" useCurrentAttemptObjectiveInfo="0"
   useCurrentAttemptProgressInfo="1"/>
  <imsss:rollupRules rollupObjectiveSatisfied="true" rollupProgressCompletion="false" objectiveMeasureWeight="0.5">
   <imsss:rollupRule childActivitySet="atLeastCount" minimumCount="2"><imsss:rollupConditions conditionCombination="any">
    <imsss:rollupCondition operator="not" condition="attempted"/></imsss:rollupConditions>
    <imsss:rollupAction action="completed"/></imsss:rollupRule>
   <imsss:rollupRule childActivitySet="atLeastPercent" minimumPercent="0.5"><imsss:rollupConditions>
    <imsss:rollupCondition condition="satisfied"/></imsss:rollupConditions><imsss:rollupAction action="satisfied"/>
   </imsss:rollupRule></imsss:rollupRules>
  <imsss:randomizationControls selectionTiming="once" selectCount="2" randomizationTiming="onEachNewAttempt"
   reorderChildren="true"/>
  <adlseq:constrainedChoiceConsiderations preventActivation="true" constrainChoice="true"/>
 </imsss:sequencing></item>
<imsss:sequencing><imsss:controlMode flow="true"/></imsss:sequencing>
</organization></organizations>
{_resources("scormType")}
<imsss:sequencingCollection><imsss:sequencing ID="shared-sequencing">
 <imsss:sequencingRules>
  <imsss:preConditionRule><imsss:ruleConditions conditionCombination="all">
   <imsss:ruleCondition referencedObjective="second" condition="satisfied" operator="noOp"/>
   <imsss:ruleCondition condition="objectiveMeasureGreaterThan" measureThreshold="0.5" operator="not"/>
   </imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule>
  <imsss:exitConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="completed"/></imsss:ruleConditions>
   <imsss:ruleAction action="exit"/></imsss:exitConditionRule>
  <imsss:postConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="always"/></imsss:ruleConditions>
   <imsss:ruleAction action="continue"/></imsss:postConditionRule></imsss:sequencingRules>
 <imsss:limitConditions attemptLimit="3" attemptAbsoluteDurationLimit="PT1H30M"/>
 <imsss:auxiliaryResources><imsss:auxiliaryResource auxiliaryResourceID="r2" purpose="A glossary"/></imsss:auxiliaryResources>
 <imsss:objectives><imsss:primaryObjective objectiveID="first" satisfiedByMeasure="true">
   <imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure>
   <imsss:mapInfo targetObjectiveID="global-1" readSatisfiedStatus="false" readNormalizedMeasure="false"
    writeSatisfiedStatus="true" writeNormalizedMeasure="true"/></imsss:primaryObjective>
  <imsss:objective objectiveID="second"><imsss:mapInfo targetObjectiveID="global-1"/></imsss:objective></imsss:objectives>
 <imsss:deliveryControls tracked="true" completionSetByContent="true" objectiveSetByContent="true"/>
 <adlseq:rollupConsiderations requiredForSatisfied="ifAttempted" requiredForCompleted="ifNotSuspended"
  measureSatisfactionIfActive="false"/>
</imsss:sequencing></imsss:sequencingCollection>
</manifest>"""


_FOURTH = (
    '<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.8" progressWeight="0.5"/>'
    '<adlcp:data><adlcp:map targetID="store" readSharedData="true" writeSharedData="false"/></adlcp:data>'
)
_EXTENDED = (
    '<adlseq:objectives><adlseq:objective objectiveID="first"><adlseq:mapInfo targetObjectiveID="global-2" '
    'readRawScore="false" writeRawScore="true" writeCompletionStatus="true"/></adlseq:objective></adlseq:objectives>'
)
_EARLIER = "<adlcp:completionThreshold>0.8</adlcp:completionThreshold>"

GOOD: Mapping[str, Files] = {
    "SCORM 1.2": {"imsmanifest.xml": _SCORM_12, **_FILES},
    "SCORM 1.2, the least": {"imsmanifest.xml": scorm12_manifest(), "index.html": "x"},
    "SCORM 2004 2nd Edition": {
        "imsmanifest.xml": _scorm_2004("CAM 1.3", _EARLIER, "").replace(">exitAll<", ">exit<"),
        **_FILES,
    },
    "SCORM 2004 3rd Edition": {"imsmanifest.xml": _scorm_2004("2004 3rd Edition", _EARLIER, ""), **_FILES},
    "SCORM 2004 4th Edition": {
        "imsmanifest.xml": _scorm_2004(
            "2004 4th Edition", _FOURTH, _EXTENDED, 'adlcp:sharedDataGlobalToSystem="true" structure="hierarchical"'
        ),
        **_FILES,
    },
}
