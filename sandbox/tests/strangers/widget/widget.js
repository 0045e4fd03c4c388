// A widget as its makers would write it: HubSpot's SDK, every handler noted down, the SDK's methods within reach of the test.
import CallingExtensions, { Constants } from "./node_modules/@hubspot/calling-extensions-sdk/dist/main.esm.js";

const told = [];
const note = (name) => (data) => {
  told.push([name, data]);
  document.getElementById("last").textContent = name;
};
const names = [
  "onReady", "onDialNumber", "onEndCall", "onEngagementCreated", "onCreateEngagementSucceeded", "onCreateEngagementFailed",
  "onUpdateEngagementSucceeded", "onUpdateEngagementFailed", "onFinalizeEngagementSucceeded", "onFinalizeEngagementFailed",
  "onPublishToChannelSucceeded", "onPublishToChannelFailed", "onCallerIdMatchSucceeded", "onCallerIdMatchFailed",
  "onNavigateToRecordFailed", "onSetWidgetUrlFailed", "onVisibilityChanged", "defaultEventHandler",
];
const extensions = new CallingExtensions({
  debugMode: false,
  eventHandlers: Object.fromEntries(names.map((name) => [name, note(name)])),
});
Object.assign(window, { extensions, told, Constants });
