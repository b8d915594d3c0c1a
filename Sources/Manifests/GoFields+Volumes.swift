extension GoFields {
    /// The kinds of volumes, whose fields stand in the volume itself beside its name.
    static let volumeTable = """
        Volume: name! hostPath:HostPath emptyDir:EmptyDir gcePersistentDisk:GCEDisk
        Volume: awsElasticBlockStore:AWSDisk gitRepo:GitRepo secret:SecretVolume nfs:NFS iscsi:ISCSI
        Volume: glusterfs:Glusterfs persistentVolumeClaim:Claim rbd:RBD flexVolume:Flex
        Volume: cinder:Cinder
        Volume: cephfs:CephFS flocker:Flocker downwardAPI:DownwardAPI fc:FC azureFile:AzureFile
        Volume: configMap:ConfigMapVolume vsphereVolume:Vsphere quobyte:Quobyte azureDisk:AzureDisk
        Volume: photonPersistentDisk:Photon projected:Projected portworxVolume:Portworx
        Volume: scaleIO:ScaleIO
        Volume: storageos:StorageOS csi:CSI ephemeral:Ephemeral image:ImageVolume
        HostPath: path! type?
        EmptyDir: medium sizeLimit?~
        GCEDisk: pdName! fsType partition readOnly
        AWSDisk: volumeID! fsType partition readOnly
        GitRepo: repository! revision directory
        SecretVolume: secretName items*KeyToPath defaultMode? optional?
        ConfigMapVolume: name items*KeyToPath defaultMode? optional?
        KeyToPath: key! path! mode?
        NFS: server! path! readOnly
        ISCSI: targetPortal! iqn! lun!0 iscsiInterface fsType readOnly portals* chapAuthDiscovery
        ISCSI: chapAuthSession secretRef:LocalReference initiatorName?
        Glusterfs: endpoints! path! readOnly
        Claim: claimName! readOnly
        RBD: monitors*!String image! fsType pool user keyring secretRef:LocalReference readOnly
        Flex: driver! fsType secretRef:LocalReference readOnly options{}
        Cinder: volumeID! fsType readOnly secretRef:LocalReference
        CephFS: monitors*!String path user secretFile secretRef:LocalReference readOnly
        Flocker: datasetName datasetUUID
        DownwardAPI: items*DownwardFile defaultMode?
        DownwardFile: path! fieldRef:FieldRef resourceFieldRef:ResourceField mode?
        FC: targetWWNs* lun? fsType readOnly wwids*
        AzureFile: secretName! shareName! readOnly
        Vsphere: volumePath! fsType storagePolicyName storagePolicyID
        Quobyte: registry! volume! readOnly user group tenant
        AzureDisk: diskName! diskURI! cachingMode? fsType? readOnly? kind?
        Photon: pdID! fsType
        Projected: sources*!Projection defaultMode?
        Projection: secret:ProjectedKeys downwardAPI:ProjectedFields configMap:ProjectedKeys
        Projection: serviceAccountToken:Token clusterTrustBundle:TrustBundle
        Projection: podCertificate:PodCertificate
        ProjectedKeys: name items*KeyToPath optional?
        ProjectedFields: items*DownwardFile
        Token: audience expirationSeconds? path!
        TrustBundle: name? signerName? labelSelector:Selector optional? path!
        PodCertificate: signerName keyType maxExpirationSeconds? credentialBundlePath keyPath
        PodCertificate: certificateChainPath
        Portworx: volumeID! fsType readOnly
        ScaleIO: gateway! system! secretRef:LocalReference sslEnabled protectionDomain storagePool
        ScaleIO: storageMode volumeName fsType readOnly
        StorageOS: volumeName volumeNamespace fsType readOnly secretRef:LocalReference
        CSI: driver! readOnly? fsType? volumeAttributes{} nodePublishSecretRef:LocalReference
        Ephemeral: volumeClaimTemplate:ClaimTemplate
        ClaimTemplate: metadata=ObjectMeta spec=ClaimSpec
        ClaimSpec: accessModes* selector:Selector resources=ClaimResources volumeName
        ClaimSpec: storageClassName?
        ClaimSpec: volumeMode? dataSource:TypedReference dataSourceRef:TypedReference
        ClaimSpec: volumeAttributesClassName?
        ClaimResources: limits{q} requests{q}
        TypedReference: apiGroup!null kind! name! namespace?
        ImageVolume: reference pullPolicy
        """
}
