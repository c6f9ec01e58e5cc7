{{- define "paddock-operator.name" -}}
{{- default "paddock-operator" .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "paddock-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "paddock-operator.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else if hasPrefix (printf "%s-" .Release.Name) (include "paddock-operator.name" .) }}
{{- include "paddock-operator.name" . | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "paddock-operator.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Never changed: by these a Deployment knows its pods, and ensembles whom they let in. */}}
{{- define "paddock-operator.selector" -}}
app.kubernetes.io/name: paddock-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "paddock-operator.labels" -}}
{{ include "paddock-operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: paddock
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "paddock-operator.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "paddock-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "paddock-operator.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* The namespaces whose ensembles it keeps, as a list in JSON; of all: an empty one. */}}
{{- define "paddock-operator.namespaces" -}}
{{- if .Values.watch.clusterWide }}
{{- list | toJson }}
{{- else }}
{{- default (list .Release.Namespace) .Values.watch.namespaces | toJson }}
{{- end }}
{{- end }}

{{/* What it may do in a namespace, no more. */}}
{{- define "paddock-operator.rules" -}}
# What is wanted.
- apiGroups: [paddock.io]
  resources: [ensembles]
  verbs: [get, list, watch]
# What is seen.
- apiGroups: [paddock.io]
  resources: [ensembles/status]
  verbs: [patch]
# Where owners may only be named by who may hold them back (OpenShift).
- apiGroups: [paddock.io]
  resources: [ensembles/finalizers]
  verbs: [update]
# The servers.
- apiGroups: [apps]
  resources: [statefulsets]
  verbs: [get, list, watch, create, patch, delete]
# Labels of pods: who votes. Pods are not deleted, they are evicted, so that budgets hold.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, patch]
- apiGroups: [""]
  resources: [pods/eviction]
  verbs: [create]
# Names, zoo.cfg, disks, and certificates or passwords of the ensembles.
- apiGroups: [""]
  resources: [services, configmaps, persistentvolumeclaims, secrets]
  verbs: [get, list, watch, create, patch, delete]
# How many voters others may take away.
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
# Who may connect.
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch, delete]
# What was done, for kubectl describe.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
# Who scrapes, where the cluster has these kinds.
- apiGroups: [monitoring.coreos.com]
  resources: [podmonitors, servicemonitors]
  verbs: [get, create, patch, delete]
# With tls.provider.certManager.
- apiGroups: [cert-manager.io]
  resources: [certificates]
  verbs: [get, list, watch, create, patch, delete]
{{- end }}
